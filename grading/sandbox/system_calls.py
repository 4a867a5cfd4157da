"""Which system calls student code may not make: a filter for the kernel, as bubblewrap's --seccomp takes it.

What is refused has no use in a lab, and either makes memory that no limit counts, or reaches code of the kernel's
that ordinary programs never reach. On a processor that is not listed there is no filter; the other walls stand.
"""

import errno
import functools
import struct

# name: (x86_64, aarch64); with one number where both have the same.
REFUSED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51), "pivot_root": (155, 41), "mount": (165, 40),
    "umount2": (166, 39), "open_tree": (428,), "move_mount": (429,), "fsopen": (430,), "fsconfig": (431,),
    "fsmount": (432,), "fspick": (433,), "pidfd_getfd": (438,), "mount_setattr": (442,),
    "memfd_create": (319, 279), "memfd_secret": (447,), "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190),
    "mq_open": (240, 180),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "bpf": (321, 280), "syslog": (103, 116),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425,), "io_uring_enter": (426,),
    "io_uring_register": (427,), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "acct": (163, 89), "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142),
    "quotactl": (179, 60), "fanotify_init": (300, 262), "move_pages": (279, 239),
}  # fmt: skip
CLONE, CLONE3, SOCKET = (56, 220), 435, (41, 198)
NEW_NAMESPACES = 0x7E020080  # any of clone's flags for a namespace of one's own
FAMILIES = (1, 2, 10, 16)  # Unix, IPv4, IPv6, netlink: those that a network namespace shuts in
PROCESSORS = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, name in the kernel
LOAD, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # where they are in what the filter sees
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000


@functools.cache
def filter_program(machine: str) -> bytes:
    """The filter for a processor, b"" for one that is not known."""
    if machine not in PROCESSORS:
        return b""
    column, name = PROCESSORS[machine]
    steps = [(LOAD, 0, 0, ARCHITECTURE), (IF_EQUAL, 1, 0, name), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]

    def refuse(error: int = errno.EPERM) -> tuple:
        return RETURN, 0, 0, REFUSE | error

    if machine == "x86_64":  # a second set of numbers for the same calls
        steps += [(IF_AT_LEAST, 0, 1, 0x40000000), refuse(errno.ENOSYS)]
    for numbers in REFUSED.values():
        steps += [(IF_EQUAL, 0, 1, numbers[column % len(numbers)]), refuse()]
    # clone3 hides its flags from a filter; told that there is none, programs use clone.
    steps += [(IF_EQUAL, 0, 1, CLONE3), refuse(errno.ENOSYS)]
    steps += [(IF_EQUAL, 0, 4, CLONE[column]), (LOAD, 0, 0, FIRST_ARGUMENT), (IF_ANY_BIT, 0, 1, NEW_NAMESPACES)]
    steps += [refuse(), (RETURN, 0, 0, ALLOW)]
    steps += [(IF_EQUAL, 0, 3 + len(FAMILIES), SOCKET[column]), (LOAD, 0, 0, FIRST_ARGUMENT)]
    steps += [(IF_EQUAL, len(FAMILIES) - place, 0, family) for place, family in enumerate(FAMILIES)]
    steps += [refuse(errno.EAFNOSUPPORT), (RETURN, 0, 0, ALLOW)]
    steps += [(RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
