# Finds the source of mbedTLS 3.6 LTS and sets KJWT_MBEDTLS_SOURCE_DIR.
#
#   1. KJWT_MBEDTLS_DIR, a folder that holds library/sha256.c
#   2. build/deps, where an earlier run has put it
#   3. the distribution's source package, where apt is (Debian trixie carries
#      upstream's own tarball; the system's package lists stay untouched)
#   4. upstream's release
#
# Both 3 and 4 deliver the same file, held against the same SHA-256.
set(KJWT_MBEDTLS_DIR "" CACHE PATH "mbedTLS 3.6 source; empty: fetch it")
set(KJWT_MBEDTLS_VERSION 3.6.6)
set(KJWT_MBEDTLS_SHA256
    8fb65fae8dcae5840f793c0a334860a411f884cc537ea290ce1c52bb64ca007a)

include(${CMAKE_CURRENT_LIST_DIR}/apt_source.cmake)

function(kjwt_mbedtls_from_upstream tarball)
    set(name mbedtls-${KJWT_MBEDTLS_VERSION})
    set(url https://github.com/Mbed-TLS/mbedtls/releases/download)
    message(STATUS "Fetching ${name} from upstream's releases")
    file(DOWNLOAD ${url}/${name}/${name}.tar.bz2 "${tarball}"
         INACTIVITY_TIMEOUT 20 STATUS status)
    list(GET status 0 failed)
    if(failed)
        file(REMOVE "${tarball}")
    endif()
endfunction()

# A tarball that is not the pinned one is removed before a FATAL_ERROR.
function(kjwt_mbedtls_check tarball severity)
    if(NOT EXISTS "${tarball}")
        return()
    endif()
    file(SHA256 "${tarball}" hash)
    if(hash STREQUAL KJWT_MBEDTLS_SHA256)
        return()
    endif()
    if(severity STREQUAL FATAL_ERROR)
        file(REMOVE "${tarball}")
    endif()
    message(${severity} "mbedTLS is not the pinned ${KJWT_MBEDTLS_VERSION}: "
                        "SHA-256 ${hash}")
endfunction()

function(kjwt_mbedtls_fetch directory)
    set(tarball "${KJWT_DEPS_DIR}/mbedtls.tar.bz2")
    kjwt_source_from_apt(mbedtls "mbedtls_3.6.*.orig.tar.bz2" "${tarball}")
    if(EXISTS "${tarball}")
        # apt has checked the archive's signature; a newer 3.6.x is no attack.
        kjwt_mbedtls_check("${tarball}" WARNING)
    else()
        kjwt_mbedtls_from_upstream("${tarball}")
        kjwt_mbedtls_check("${tarball}" FATAL_ERROR)
    endif()
    if(NOT EXISTS "${tarball}")
        message(FATAL_ERROR "mbedTLS ${KJWT_MBEDTLS_VERSION} could not be "
            "fetched. Connect this machine and configure again, or unpack it "
            "and set KJWT_MBEDTLS_DIR.")
    endif()
    file(REMOVE_RECURSE "${directory}.part")
    file(ARCHIVE_EXTRACT INPUT "${tarball}" DESTINATION "${directory}.part")
    file(GLOB inner "${directory}.part/mbedtls-*")
    file(RENAME "${inner}" "${directory}")
    file(REMOVE_RECURSE "${directory}.part" "${tarball}")
endfunction()

if(KJWT_MBEDTLS_DIR)
    set(KJWT_MBEDTLS_SOURCE_DIR "${KJWT_MBEDTLS_DIR}")
else()
    set(KJWT_MBEDTLS_SOURCE_DIR "${KJWT_DEPS_DIR}/mbedtls")
    if(NOT EXISTS "${KJWT_MBEDTLS_SOURCE_DIR}/library/sha256.c")
        kjwt_mbedtls_fetch("${KJWT_MBEDTLS_SOURCE_DIR}")
    endif()
endif()
if(NOT EXISTS "${KJWT_MBEDTLS_SOURCE_DIR}/library/sha256.c")
    message(FATAL_ERROR "KJWT_MBEDTLS_DIR=${KJWT_MBEDTLS_DIR} holds no "
                        "library/sha256.c")
endif()
