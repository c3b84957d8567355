space (x, y) in [0, 1]^2
unknown u
equation  lap(u) = 1
boundary  u = 0
train { method stein-chai; activation tann; schedule cosin; dtype float16; device gpu; optimiser adem; network mpl; depht 3 }
