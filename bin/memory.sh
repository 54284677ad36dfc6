# How the program's process uses memory; read by what starts it, here and in the package.
# More room for short-lived objects: collecting them costs a seventh of the sends otherwise. It is taken under load alone.
# What lives longer may take a fifth more room, and that of the young, before it is collected; V8 would let it take four times its room.
heap='--max-semi-space-size=32 --heap-growing-percent=20'
# Large buffers go back to the system at once: glibc would begin to keep them, in many pieces.
export MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=2097152
