# CMake toolchain: zig's clang for any target, with the C library of that target and libc++ inside. Give -DZIG=, -DZIG_TARGET= and
# -DZIG_CPU= (empty: the target's own baseline).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ZIG ZIG_TARGET ZIG_CPU)
set(CMAKE_CXX_COMPILER ${ZIG})
set(CMAKE_CXX_COMPILER_ARG1 "c++ -target ${ZIG_TARGET} ${ZIG_CPU}")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_CXX_FLAGS_RELEASE_INIT "-Os -DNDEBUG")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-s")
