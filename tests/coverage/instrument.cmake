# Counts lines and branches of the verifier, and of nothing else. Without
# optimization, so that a branch in the source is one in the code; but for the
# arithmetic, which would take minutes.
# SPDX-License-Identifier: Apache-2.0
function(kjwt_instrument)
    target_compile_options(kjwt PRIVATE -O0 ${KJWT_COVERAGE})
    target_link_options(kjwt INTERFACE --coverage)
    set_source_files_properties(src/rsa_portable.c src/rsa_rows.c
        DIRECTORY ${PROJECT_SOURCE_DIR}/verifier
        PROPERTIES COMPILE_OPTIONS -O2)
endfunction()
cmake_language(DEFER CALL kjwt_instrument)
