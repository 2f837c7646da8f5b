"""How a cell moves: with the rain around it, and a little otherwise; and how sure that is.

A cell's velocity is that of the rain field at its place plus a deviation that is forgotten over time (an
Ornstein-Uhlenbeck process); its centre moves with both and wanders a little, because cells grow on one side; and what
is seen of the centre is in error by more in large cells than in small. A Kalman filter (Kalman 1960, J. Basic Eng. 82,
35-45; for storms Dixon and Wiener 1993, J. Atmos. Oceanic Technol. 10, 785-797 smooth in a like way) keeps the state.
East and south have the same statistics, and so one covariance serves both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Noise:
    """The statistics of cells' motion; fitted on radar events, see `docs/storm-cells.md`.

    Attributes
    ----------
    seen_km, seen_share : float
        Standard deviation of a seen centre, km: a fixed part, and a share of the root of the cell's area.
    deviation_km_min : float
        Standard deviation of a cell's own velocity about that of the rain field, km per minute.
    memory_min : float
        How long a cell's own velocity lasts, minutes.
    wander_km : float
        Standard deviation by which the centre wanders in a minute, km per root of a minute.
    along, across : float
        Standard deviations along and across the motion, over that of the isotropic filter.
    gate : float
        A centre more standard deviations off than this has jumped (the cell was cut or joined): it teaches no velocity.
    """

    seen_km: float = 0.6
    seen_share: float = 0.07
    deviation_km_min: float = 0.35
    memory_min: float = 60.0
    wander_km: float = 0.3
    along: float = 1.15
    across: float = 0.85
    gate: float = 2.2


DEFAULT = Noise()


@dataclass(frozen=True)
class State:
    """Where a cell is and how it moves; lengths in km on the grid's plane, x eastward and y southward.

    Attributes
    ----------
    x, y : float
        Estimated centre.
    field_x, field_y : float
        Velocity of the rain around it, km per minute.
    own_x, own_y : float
        Its own deviation from that.
    place, cross, own : float
        Covariance of place and deviation, in either direction: km2, km2/min, km2/min2.
    """

    x: float
    y: float
    field_x: float
    field_y: float
    own_x: float
    own_y: float
    place: float
    cross: float
    own: float

    @property
    def velocity(self) -> tuple[float, float]:
        """Velocity eastward and southward, km per minute."""
        return self.field_x + self.own_x, self.field_y + self.own_y


def begun(x: float, y: float, field: tuple[float, float], area_km2: float, noise: Noise = DEFAULT) -> State:
    """Give the state of a cell seen for the first time: it moves as the rain does, so far as is known."""
    return State(x, y, *field, 0.0, 0.0, _seen(area_km2, noise), 0.0, noise.deviation_km_min**2)


def continued(parent: State, x: float, y: float, area_km2: float, noise: Noise = DEFAULT) -> State:
    """Give the state of a cell whose centre has jumped: a new place, the velocity of before."""
    return State(
        x, y, parent.field_x, parent.field_y, parent.own_x, parent.own_y, _seen(area_km2, noise), 0.0, parent.own
    )


def ahead(state: State, minutes: float, noise: Noise = DEFAULT) -> State:
    """Carry a state forward.

    Parameters
    ----------
    state : State
        Now.
    minutes : float
        How far, 0 or more.
    noise : Noise
        Statistics of the motion.

    Returns
    -------
    State
        Then. With memory T and a = exp(-t/T): the deviation shrinks to a of it, the centre moves by the field's
        velocity times t and the deviation times T(1 - a); the covariance is that of the integrated process
        (Gillespie 1996, Phys. Rev. E 54, 2084-2091, eqs. 2.47).
    """
    memory, sigma2 = noise.memory_min, noise.deviation_km_min**2
    a = math.exp(-minutes / memory)
    reach = memory * (1 - a)
    place = sigma2 * (2 * memory * minutes - 3 * memory**2 + memory**2 * a * (4 - a)) + noise.wander_km**2 * minutes
    return State(
        state.x + state.field_x * minutes + state.own_x * reach,
        state.y + state.field_y * minutes + state.own_y * reach,
        state.field_x,
        state.field_y,
        state.own_x * a,
        state.own_y * a,
        state.place + 2 * reach * state.cross + reach**2 * state.own + place,
        a * (state.cross + reach * state.own) + sigma2 * memory * (1 - a) ** 2,
        a**2 * state.own + sigma2 * (1 - a**2),
    )


def seen(state: State, x: float, y: float, area_km2: float, noise: Noise = DEFAULT) -> State:
    """Correct a state, carried to this moment, by the centre that is seen.

    A jump corrects the place alone; but it casts doubt on the velocity, so that a cell which keeps jumping the same way
    is believed in the end.
    """
    error = _seen(area_km2, noise)
    total = state.place + error
    off_x, off_y = x - state.x, y - state.y
    if off_x**2 + off_y**2 > noise.gate**2 * total:
        jumped = continued(state, x, y, area_km2, noise)
        return replace(jumped, own=state.own + noise.deviation_km_min**2)
    gain, own_gain = state.place / total, state.cross / total
    return State(
        state.x + gain * off_x,
        state.y + gain * off_y,
        state.field_x,
        state.field_y,
        state.own_x + own_gain * off_x,
        state.own_y + own_gain * off_y,
        (1 - gain) * state.place,
        (1 - gain) * state.cross,
        state.own - own_gain * state.cross,
    )


def in_field(state: State, field: tuple[float, float]) -> State:
    """Give the state in a newly measured motion of the rain; the cell's own deviation stays what it is."""
    return replace(state, field_x=field[0], field_y=field[1])


@dataclass(frozen=True)
class Ellipse:
    """Where a centre will be: an ellipse of one standard deviation.

    Attributes
    ----------
    x, y : float
        Its middle, km.
    along, across : float
        Half axes along and across the motion, km.
    angle : float
        Direction of the motion, radians from east toward south.
    """

    x: float
    y: float
    along: float
    across: float
    angle: float


def ellipse(state: State, minutes: float, noise: Noise = DEFAULT) -> Ellipse:
    """Give where a cell's centre will be, and how sure that is."""
    then = ahead(state, minutes, noise)
    east, south = state.velocity
    spread = math.sqrt(then.place)
    return Ellipse(then.x, then.y, spread * noise.along, spread * noise.across, math.atan2(south, east))


def _seen(area_km2: float, noise: Noise) -> float:
    return noise.seen_km**2 + noise.seen_share**2 * area_km2
