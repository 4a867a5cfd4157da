"""Beside this file stand the modules that several folders of tests import: pytest puts its folder into their path."""
