# Counts lines and branches of the verifier, and of nothing else. Without
# optimization, so that a branch in the source is one in the code; but for the
# arithmetic, which would take minutes.
# SPDX-License-Identifier: Apache-2.0
set(KJWT_COUNTED "" CACHE STRING "Options of the compiler for it besides")

function(kjwt_instrument)
    target_compile_options(kjwt PRIVATE -O0 --coverage ${KJWT_COUNTED})
    # It runs an inline function as no verification can.
    target_compile_options(test_policy PRIVATE -O0 --coverage ${KJWT_COUNTED})
    target_link_options(kjwt INTERFACE --coverage ${KJWT_COUNTED})
    set_source_files_properties(src/rsa_portable.c src/rsa_rows.c
        DIRECTORY ${PROJECT_SOURCE_DIR}/verifier
        PROPERTIES COMPILE_OPTIONS -O2)
endfunction()
cmake_language(DEFER CALL kjwt_instrument)
