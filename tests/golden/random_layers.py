"""random_layers.json: what layers that draw at random make of one input, as statistics over many calls in training.

`x`: the input. `mean`, `std`, `zeros` (share) over all elements of all calls; `zero_groups`: the share of groups along the axes `group` that
are zero as a whole. `calls`: how many there were.
"""
import keras
import numpy as np
from keras import layers as L

from common import Family, normal, number, serialize, to_numpy

CALLS = 400
X = {3: normal("random/x3", (16, 5, 12)), 4: normal("random/x4", (16, 3, 2, 12)), 5: normal("random/x5", (8, 3, 2, 2, 12))}


def generate():
    f = Family("random_layers", __doc__.split("\n")[0].split(": ")[1])

    def run(name, make, rank, group):
        keras.utils.set_random_seed(1)
        keras.utils.clear_session()
        layer = make()
        x = X[rank]
        y = np.stack([to_numpy(layer(x, training=True)) for _ in range(CALLS)]).astype("float64")
        groups = (y == 0).all(axis=tuple(a + 1 for a in group))
        f.add(name, config=serialize(layer), arrays={"x": f.put(f"x{rank}", x)}, calls=CALLS, group=list(group), mean=number(y.mean()),
              std=number(y.std()), zeros=number((y == 0).mean()), zero_groups=number(groups.mean()))

    run("dropout", lambda: L.Dropout(0.3), 3, (1,))
    run("dropout_noise_shape", lambda: L.Dropout(0.4, noise_shape=(None, 1, 12)), 3, (1,))
    run("gaussian_noise", lambda: L.GaussianNoise(0.5), 3, (1,))
    run("spatial_dropout1d", lambda: L.SpatialDropout1D(0.25), 3, (1,))
    run("spatial_dropout2d", lambda: L.SpatialDropout2D(0.5), 4, (1, 2))
    run("spatial_dropout2d_channels_first", lambda: L.SpatialDropout2D(0.5, data_format="channels_first"), 4, (2, 3))
    run("spatial_dropout3d", lambda: L.SpatialDropout3D(0.5), 5, (1, 2, 3))
    run("spatial_dropout3d_channels_first", lambda: L.SpatialDropout3D(0.75, data_format="channels_first"), 5, (2, 3, 4))
    run("gaussian_dropout", lambda: L.GaussianDropout(0.5), 3, (1,))
    run("gaussian_dropout_small", lambda: L.GaussianDropout(0.1), 4, (1,))
    run("alpha_dropout", lambda: L.AlphaDropout(0.5), 3, (1,))
    run("alpha_dropout_noise_shape", lambda: L.AlphaDropout(0.1, noise_shape=(None, 1, None)), 3, (1,))
    f.write()
