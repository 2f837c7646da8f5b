import numpy as np

from xiangtian.met.kernel import kernel


@kernel
def _passes(values, threshold, out):
    for k in range(values.size):
        out[k] = values[k] >= threshold


def test_a_missing_value_passes_no_comparison():
    # With the compiler freed from minding NaN (full fastmath) this comparison may come out true (IEEE 754 says false)
    values = np.array([1.0, np.nan, 3.0, np.nan, -1.0] * 20, np.float32)
    out = np.empty(100, np.bool_)
    _passes(values, np.float32(0.5), out)
    assert out[:5].tolist() == [True, False, True, False, False]
