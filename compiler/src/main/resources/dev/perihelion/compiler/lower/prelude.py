"""Device helpers that generated modules carry with them: only those that a module uses, in this order.

Their arguments are tensors of one dtype: float32 or float64 where a helper needs numbers, any dtype otherwise.
"""


@triton.jit
def _maximum(a, b):
    return tl.maximum(a, b, propagate_nan=tl.PropagateNan.ALL)


@triton.jit
def _minimum(a, b):
    return tl.minimum(a, b, propagate_nan=tl.PropagateNan.ALL)


@triton.jit
def _multiply(a, b):
    return a * b


@triton.jit
def _max(x, axis: tl.constexpr):
    return tl.reduce(x, axis, _maximum)


@triton.jit
def _min(x, axis: tl.constexpr):
    return tl.reduce(x, axis, _minimum)


@triton.jit
def _prod(x, axis: tl.constexpr):
    return tl.reduce(x, axis, _multiply)


@triton.jit
def _divide(a, b):
    # `/` of float32 may be off by two units in the last place: 6 / 3 need not be 2.
    if a.dtype == tl.float32:
        return tl.div_rn(a, b)
    else:
        return a / b


@triton.jit
def _truncated_quotient(a, b):
    # Triton's `//` rounds toward zero; its interpreter's does not say.
    quotient = a // b
    rest = a - quotient * b
    return quotient + ((rest != 0) & ((rest < 0) != (a < 0))).to(quotient.dtype)


@triton.jit
def _floor_divide(a, b):
    if a.dtype.is_floating():
        rest = libdevice.fmod(a, b)
        quotient = _divide(a - rest, b)
        quotient = tl.where((rest != 0) & ((b < 0) != (rest < 0)), quotient - 1.0, quotient)
        down = tl.floor(quotient)
        down = tl.where(quotient - down > 0.5, down + 1.0, down)
        plain = a / b
        down = tl.where(quotient == 0, libdevice.copysign(tl.zeros_like(plain), plain), down)
        return tl.where(b == 0, plain, down)
    else:
        quotient = a // b
        return quotient - ((a - quotient * b != 0) & ((a < 0) != (b < 0))).to(quotient.dtype)


@triton.jit
def _remainder(a, b):
    if a.dtype.is_floating():
        rest = libdevice.fmod(a, b)
        return tl.where((rest != 0) & ((rest < 0) != (b < 0)), rest + b, rest)
    else:
        rest = a % b
        return rest + tl.where((rest != 0) & ((rest < 0) != (b < 0)), b, 0).to(rest.dtype)


@triton.jit
def _fmod(a, b):
    if a.dtype.is_floating():
        return libdevice.fmod(a, b)
    else:
        return a - _truncated_quotient(a, b) * b


@triton.jit
def _pow(a, b):
    if a.dtype.is_floating():
        return libdevice.pow(a, b)
    else:
        result = (a * 0 + b * 0 + 1).to(a.dtype)
        base = a
        rest = b
        width: tl.constexpr = a.dtype.primitive_bitwidth
        for _ in tl.static_range(width):
            result = tl.where(rest & 1 != 0, result * base, result)
            base = base * base
            rest = rest >> 1
        # Negative powers of whole numbers are whole for 1 and -1 only.
        sign = tl.where(b & 1 != 0, a, a * a)
        unit = (a == 1) | ((a + 1 == 0) & (a < 0))
        return tl.where(b < 0, tl.where(unit, sign, 0), result).to(a.dtype)


@triton.jit
def _sign(x):
    return ((x > 0).to(tl.int8) - (x < 0).to(tl.int8)).to(x.dtype)


@triton.jit
def _angle(x):
    return tl.where(x != x, x, (x < 0).to(x.dtype) * 3.141592653589793)


@triton.jit
def _sqrt(x):
    if x.dtype == tl.float32:
        return tl.sqrt_rn(x)
    else:
        return tl.sqrt(x)


@triton.jit
def _bits(x):
    # The bits of a floating-point number as a signed integer.
    if x.dtype.primitive_bitwidth == 64:
        return x.to(tl.int64, bitcast=True)
    elif x.dtype.primitive_bitwidth == 32:
        return x.to(tl.int32, bitcast=True)
    else:
        return x.to(tl.int16, bitcast=True)


@triton.jit
def _signbit(x):
    if x.dtype.is_floating():
        return _bits(x) < 0
    else:
        return x < 0


@triton.jit
def _nextafter(a, b):
    bits = _bits(a)
    away = (a < b) == (bits >= 0)
    step = tl.where(away, 1, -1).to(bits.dtype)
    # From 0 to the smallest number of b's sign.
    smallest = (bits * 0 + 1) | (_bits(tl.where(b < 0, -0.0, 0.0).to(b.dtype)))
    moved = tl.where(a == 0, smallest, bits + step).to(bits.dtype).to(a.dtype, bitcast=True)
    return tl.where((a != a) | (b != b), a + b, tl.where(a == b, b, moved))


@triton.jit
def _lerp(start, end, weight):
    return tl.where(tl.abs(weight) < 0.5, start + weight * (end - start), end - (end - start) * (1.0 - weight))


@triton.jit
def _heaviside(x, values):
    return tl.where(x == 0, values, (x > 0).to(x.dtype))


@triton.jit
def _isclose(a, b, rtol, atol):
    near = tl.abs(a - b) <= atol + tl.abs(rtol * b)
    return (a == b) | (near & (tl.abs(a - b) < float("inf")))


@triton.jit
def _logical_not(x):
    return x == 0


@triton.jit
def _shift_left(a, b):
    inside = (b >= 0) & (b < a.dtype.primitive_bitwidth)
    return tl.where(inside, a << tl.where(inside, b, 0).to(b.dtype), 0).to(a.dtype)


@triton.jit
def _shift_right(a, b):
    inside = (b >= 0) & (b < a.dtype.primitive_bitwidth)
    last = (a * 0 + (a.dtype.primitive_bitwidth - 1)).to(a.dtype)
    if a.dtype.is_int_signed():
        return (a >> tl.where(inside, b, last).to(b.dtype)).to(a.dtype)
    else:
        return tl.where(inside, a >> tl.where(inside, b, 0).to(b.dtype), 0).to(a.dtype)


@triton.jit
def _logaddexp(a, b):
    larger = _maximum(a, b)
    gap = tl.where(a == b, 0.0, tl.abs(a - b))
    return larger + libdevice.log1p(tl.exp(-gap))


@triton.jit
def _logaddexp2(a, b):
    larger = _maximum(a, b)
    gap = tl.where(a == b, 0.0, tl.abs(a - b))
    return larger + libdevice.log1p(tl.exp2(-gap)) * 1.4426950408889634


@triton.jit
def _xlogy(x, y):
    return tl.where(y != y, y, tl.where(x == 0, 0.0, x * tl.log(y)))


@triton.jit
def _xlog1py(x, y):
    return tl.where(y != y, y, tl.where(x == 0, 0.0, x * libdevice.log1p(y)))


@triton.jit
def _entr(x):
    return tl.where(x > 0, -x * tl.log(x), tl.where(x == 0, 0.0, tl.where(x != x, x, float("-inf"))))


@triton.jit
def _logit(x):
    return tl.log(_divide(x, 1.0 - x))


@triton.jit
def _sinc(x):
    scaled = x * 3.141592653589793
    return tl.where(x == 0, 1.0, tl.sin(scaled) / scaled)


@triton.jit
def _digamma(x):
    # Reflection below 0, recurrence up to 10, then the asymptotic series.
    whole = tl.floor(x) == x
    fraction = (x - libdevice.trunc(x)).to(tl.float64)
    reflected = (-3.141592653589793 / libdevice.tan(fraction * 3.141592653589793)).to(x.dtype)
    result = tl.where(x < 0, reflected, 0.0)
    y = tl.where(x < 0, 1.0 - x, x)
    for _ in tl.static_range(10):
        small = y < 10
        result = tl.where(small, result - 1.0 / y, result)
        y = tl.where(small, y + 1.0, y)
    z = 1.0 / (y * y)
    series = 0.003968253968253968 - z * (0.004166666666666667 - z * (0.007575757575757576 - z * (0.021092796092796094 - z * 0.08333333333333333)))
    series = z * (0.08333333333333333 - z * (0.008333333333333333 - z * series))
    result = result + tl.log(y) - 0.5 / y - series
    at_pole = tl.where(x == 0, libdevice.copysign(x * 0.0 + float("inf"), -x), float("nan"))
    return tl.where((x <= 0) & whole, at_pole, result)


@triton.jit
def _ndtr(x):
    return 0.5 * libdevice.erfc(x * -0.7071067811865476)


@triton.jit
def _log_ndtr(x):
    t = x * 0.7071067811865476
    low = tl.log(libdevice.erfcx(-t) * 0.5) - t * t
    return tl.where(x < -1.0, low, libdevice.log1p(-0.5 * libdevice.erfc(t)))


@triton.jit
def _relu(x):
    return tl.where((x > 0) | (x != x), x, tl.zeros_like(x))


@triton.jit
def _clamp(x, low, high):
    return _minimum(_maximum(x, low), high).to(x.dtype)


@triton.jit
def _selu(x):
    return tl.where(x > 0, x * 1.0507009873554805, libdevice.expm1(x) * 1.7580993408473766)


@triton.jit
def _gelu(x):
    return x * 0.5 * (1.0 + tl.erf(x * 0.7071067811865476))


@triton.jit
def _gelu_tanh(x):
    # 0.5 * (1 + tanh(u)) is the logistic function of 2u.
    return x / (1.0 + tl.exp(-1.5957691216057308 * (x + 0.044715 * x * x * x)))


@triton.jit
def _softplus(x, beta, threshold):
    scaled = x * beta
    return tl.where(scaled > threshold, x, libdevice.log1p(libdevice.exp(scaled)) / beta)


@triton.jit
def _softshrink(x, lambd):
    return tl.where(x > lambd, x - lambd, tl.where(x < -lambd, x + lambd, x * 0.0))


@triton.jit
def _hardshrink(x, lambd):
    return tl.where((x >= -lambd) & (x <= lambd), 0.0, x)


@triton.jit
def _logsigmoid(x):
    return _minimum(x, tl.zeros_like(x)) - libdevice.log1p(tl.exp(-tl.abs(x)))


@triton.jit
def _grid_barrier(count, phase: tl.constexpr):
    # Counts arrivals of all programs; the launch is cooperative, so that all of them run at once.
    tl.debug_barrier()
    arrived = tl.atomic_add(count, 1, sem="acq_rel") + 1
    while arrived < phase * tl.num_programs(0):
        arrived = tl.atomic_add(count, 0, sem="acquire")
    tl.debug_barrier()


@triton.jit
def _chiplet_order(pid, total, dies: tl.constexpr):
    # Programs go round the dies; the first of them get one program more where they cannot have as many each.
    die = pid % dies
    each = total // dies
    return die * each + tl.minimum(die, total % dies) + pid // dies


@triton.jit
def _order_keys(x, descending: tl.constexpr):
    # Integers in the order of the numbers: NaN is the largest, -0.0 is 0.0.
    if x.dtype.is_floating():
        x = tl.where(x == 0, 0.0, x).to(x.dtype)
        bits = _bits(x)
        last: tl.constexpr = x.dtype.primitive_bitwidth - 1
        most: tl.constexpr = (1 << last) - 1
        keys = tl.where(x != x, most, tl.where(bits < 0, bits ^ most, bits)).to(tl.int64)
    else:
        keys = x.to(tl.int64)
    if descending:
        keys = -1 - keys
    return keys


@triton.jit
def _sorted_places(keys, counts):
    # Keys of 33 bits at most, with their places behind them; padded lanes come last.
    axis: tl.constexpr = len(keys.shape) - 1
    places = _places(keys, axis)
    packed = tl.where(counts, (keys << 24) | places, 9223372036854775807)
    return (tl.sort(packed) & 16777215).to(tl.int32)


@triton.jit
def _places(x, axis: tl.constexpr):
    # 0, 1, ... along an axis, repeated along the others.
    places = tl.arange(0, x.shape[axis])
    for i in tl.static_range(len(x.shape)):
        if i != axis:
            places = tl.expand_dims(places, i)
    return tl.broadcast_to(places, x.shape).to(tl.int64)


@triton.jit
def _ranked_places(keys, counts):
    # A place's rank is how many come before it.
    axis: tl.constexpr = len(keys.shape) - 1
    places = _places(keys, axis)
    mine = tl.expand_dims(keys, axis + 1)
    other = tl.expand_dims(keys, axis)
    earlier = tl.expand_dims(places, axis) < tl.expand_dims(places, axis + 1)
    before = ((other < mine) | ((other == mine) & earlier)) & tl.expand_dims(counts, axis)
    ranks = tl.sum(before.to(tl.int32), axis + 1)
    ranks = tl.where(counts, ranks, places.to(tl.int32))
    hits = tl.expand_dims(ranks, axis) == tl.expand_dims(places, axis + 1)
    return tl.sum(tl.where(hits, tl.expand_dims(places, axis), 0), axis + 1).to(tl.int32)


@triton.jit
def _take_along(x, places, axis: tl.constexpr):
    # Places of padded lanes may be anything.
    inside = (places >= 0) & (places < x.shape[axis])
    return tl.gather(x, tl.where(inside, places, 0).to(tl.int32), axis)
