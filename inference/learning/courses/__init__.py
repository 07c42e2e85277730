"""How each system is taught, one course a file."""

from typing import Final

from inference.learning.course import Course
from inference.learning.courses import anchor_free, compression_ratio, verse_framework

COURSES: Final[dict[str, Course]] = {
    course.system.name: course
    for course in (
        anchor_free.COURSE,
        compression_ratio.COURSE,
        verse_framework.COURSE,
    )
}
"""Courses by name of the system."""
