from metrics.models.facts import Fact, Moment, MomentKind
from metrics.models.figures import BacklogDay, DayFigure, DirtyDay, HoursOf, Progress
from metrics.models.goals import Direction, Goal, GoalPeriod, Part, Period, Standing
from metrics.models.voice import TermKind, VoiceChoice, VoiceRun, VoiceTerm

__all__ = [
    "BacklogDay",
    "DayFigure",
    "Direction",
    "DirtyDay",
    "Fact",
    "Goal",
    "GoalPeriod",
    "HoursOf",
    "Moment",
    "MomentKind",
    "Part",
    "Period",
    "Progress",
    "Standing",
    "TermKind",
    "VoiceChoice",
    "VoiceRun",
    "VoiceTerm",
]
