"""What a measurement ran on: processor, BLAS kernel, threads, and what else the machine was doing."""

import os
import platform
import time
from pathlib import Path


def describe() -> str:
    """One line for the head of a table."""
    import numpy as np

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{time.strftime('%Y-%m-%d, %H:%M')}, {_processor()}, {cores} cores, numpy {np.__version__}, {_blas()}{load}"


def _processor() -> str:
    """Its name, and which vector instructions it has."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    fields = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    flags = fields.get("flags", "").split()
    vectors = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "no AVX2"
    return f"{fields.get('model name', platform.machine())} ({vectors})"


def _blas() -> str:
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "BLAS unknown without threadpoolctl"
    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    return ", ".join(
        f"{library['internal_api']} {library.get('version')} ({library.get('architecture')} kernel, "
        f"{library['num_threads']} threads)"
        for library in libraries
    )
