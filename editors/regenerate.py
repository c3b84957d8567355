"""Write `pde.tmLanguage.json` beside this file, from the tables of words of the installed pdec."""

from pathlib import Path

from pdec.editor.textmate import grammar

if __name__ == "__main__":
    Path(__file__).with_name("pde.tmLanguage.json").write_text(grammar(), encoding="utf-8")
