"""How each system is taught, one course a file."""

from typing import Final

from inference.learning.course import Course
from inference.learning.courses import (
    anchor_free,
    compression_ratio,
    segment_and_slice,
    verse_framework,
)

COURSES: Final[dict[str, Course]] = {
    course.system.name: course
    for course in (
        anchor_free.COURSE,
        compression_ratio.COURSE,
        segment_and_slice.COURSE,
        verse_framework.COURSE,
    )
}
"""Courses by name of the system."""
