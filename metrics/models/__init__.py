from metrics.models.dashboards import Dashboard
from metrics.models.explore import ReportMail, ReportSchedule, Rhythm, SavedReport
from metrics.models.facts import Fact, Moment, MomentKind
from metrics.models.figures import BacklogDay, DayFigure, DirtyDay, HoursOf, Progress
from metrics.models.goals import Direction, Goal, GoalPeriod, Part, Period, Standing
from metrics.models.voice import TermKind, VoiceChoice, VoiceRun, VoiceTerm

__all__ = [
    "BacklogDay",
    "Dashboard",
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
    "ReportMail",
    "ReportSchedule",
    "Rhythm",
    "SavedReport",
    "Standing",
    "TermKind",
    "VoiceChoice",
    "VoiceRun",
    "VoiceTerm",
]
