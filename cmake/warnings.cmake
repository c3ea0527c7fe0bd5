# One place for warnings and sanitizers. Warnings are errors in our code; foreign headers are SYSTEM and exempt.
add_library(tasker_warnings INTERFACE)
target_compile_options(tasker_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wswitch
                       -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
# g++ 12 reports false positives inside libstdc++ at -O2 (GCC bugs 105329, 105651); the sanitizer builds watch for real ones.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(tasker_warnings INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow
                         -Wno-array-bounds -Wno-stringop-overread)
endif()
if(TASKER_SANITIZE)
  add_compile_options(-fsanitize=${TASKER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TASKER_SANITIZE})
  # UBSan's vptr check looks at memory through a pipe, and takes every object for a bad one when a test has no descriptor left.
  if(TASKER_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize=vptr)
  endif()
  # TSan does not model stand-alone fences, which libstdc++ and asio use; g++ only says so.
  if(TASKER_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)
  endif()
endif()
