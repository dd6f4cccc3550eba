"""Tests of the harness. Run from the project's root:
`python3 -m unittest discover -s calibration/collect/tests -t calibration`.
"""
