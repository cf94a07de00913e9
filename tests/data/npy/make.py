"""Makes the numpy files of this folder. numpy 2.x and ml_dtypes; run in this folder: python make.py"""
import ml_dtypes
import numpy as np

a = np.arange(6).reshape(2, 3)
for name in ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64"]:
    np.save(f"{name}.npy", (a % 2 if name == "bool" else a).astype(name))
np.save("bfloat16.npy", a.astype(ml_dtypes.bfloat16))
np.save("fortran.npy", np.asfortranarray(a.astype("int32")))
np.save("big_endian.npy", a.astype(">f4"))
np.save("big_endian_fortran.npy", np.asfortranarray(np.arange(24).reshape(2, 3, 4).astype(">i8")))
np.save("scalar.npy", np.float64(2.5))
np.save("empty.npy", np.zeros((0, 3), "float32"))
np.save("complex.npy", a.astype("complex64"))
np.save("text.npy", np.array(["ab", "c"]))
np.save("records.npy", np.zeros(2, dtype=[("x", "f4"), ("y", "i4")]))
for version in [(2, 0), (3, 0)]:
    with open(f"version{version[0]}.npy", "wb") as f:
        np.lib.format.write_array(f, a.astype("float32"), version=version)
np.savez("stored.npz", x=a.astype("float32"), y=np.array([1, 2], "int64"))
np.savez_compressed("deflated.npz", x=np.tile(a.astype("float32"), (8, 1)), y=np.array([1, 2], "int64"))
