"""Domains put together at random: a problem or a message, soon; and what can be drawn lies where it should."""

import time

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pdec
from pdec.domains.sample import depth_at

numbers = st.sampled_from(["0", "0.5", "1", "2", "-1", "1e-3", "1e9", "pi"])
intervals = st.builds("[{}, {}]".format, numbers, numbers)
simple = st.one_of(
    st.builds("{}^2".format, intervals),
    st.builds("{}*{}".format, intervals, intervals),
    st.builds("ball(2, radius={}, center=[{}, {}])".format, numbers, numbers, numbers),
    st.builds("annulus(2, inner={}, outer={}, center={})".format, numbers, numbers, numbers),
    st.just("part"),
    st.just("sphere(2)"),
    st.just("ball(1)*[0, 1]"),
    st.just("ball(3)"),
    st.just("R^2"),
)
domains = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds("({} - {})".format, inner, inner),
        st.builds("union({}, {})".format, inner, inner),
        st.builds("({} ∩ {})".format, inner, inner),
    ),
    max_leaves=6,
)
places = st.sampled_from(["", "on x = 0", "on part", "on other", "on inner", "on x = 1, y = 0.5"])
wheres = st.sampled_from(["", "in part", "outside other"])


def problem_of(text):
    """The problem, or None where there is a message."""
    start = time.process_time()
    try:
        return pdec.loads(text)
    except pdec.PdeError:
        return None
    finally:
        assert time.process_time() - start < 4


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(domains, domains, domains, places, wheres, st.sampled_from(["", "~ normal(0, 1)", "~ radial"]))
def test_any_domain(space, part, other, place, where, law):
    problem = problem_of(
        f"region part = {part}\nregion other = {other}\nspace (x, y) in {space} {law}\nunknown u\n"
        f"equation lap(u) = 0 {where}\nboundary dn(u) = 1 {place}\n"
    )
    if problem is None:
        return
    loss = pdec.compile(problem, method="autograd", points=20)
    batch = loss.sample(generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    solid = problem.domain.solid(2)
    scale = max(1.0, *(x.abs().max().item() for x in batch.values()))
    for points in batch.values():
        assert points.shape == (20, 2)
        assert all(depth_at(solid, x)[0] >= -1e-7 * scale for x in points.tolist())
    slope = loss.condition("boundary", lambda x: x[:, :1] + 1, batch["boundary"])
    assert slope.isfinite().all()
    assert (slope + 1).abs().max() <= 1 + 1e-9
