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

# apt as root would drop to a user who may not enter the build folder.
function(kjwt_mbedtls_from_apt tarball)
    find_program(KJWT_APT_GET apt-get)
    set(keyring /usr/share/keyrings/debian-archive-keyring.gpg)
    if(NOT KJWT_APT_GET OR NOT EXISTS ${keyring})
        return()
    endif()
    execute_process(
        COMMAND ${KJWT_APT_GET} indextargets --format "$(REPO_URI)"
                "Created-By: Packages" "Origin: Debian"
        OUTPUT_VARIABLE mirrors ERROR_QUIET)
    string(REPLACE "\n" ";" mirrors "${mirrors}")
    list(FILTER mirrors EXCLUDE REGEX "security|^$")
    if(NOT mirrors)
        message(STATUS "apt knows no Debian mirror yet; "
                       "'apt-get update' as root would tell it")
        return()
    endif()
    list(GET mirrors 0 mirror)

    set(apt "${KJWT_DEPS_DIR}/apt")
    file(MAKE_DIRECTORY "${apt}/lists/partial" "${apt}/parts"
                        "${apt}/cache/archives/partial")
    file(WRITE "${apt}/sources.list"
        "deb-src [signed-by=${keyring}] ${mirror} trixie main\n")
    set(options -qq -o APT::Sandbox::User=
        -o Dir::State::Lists=${apt}/lists -o Dir::Cache=${apt}/cache
        -o Dir::Etc::SourceList=${apt}/sources.list
        -o Dir::Etc::SourceParts=${apt}/parts)
    message(STATUS "Fetching mbedTLS's source package from ${mirror}")
    execute_process(COMMAND ${KJWT_APT_GET} ${options} update)
    # --tar-only: the .orig tarball, which needs no dpkg-dev to unpack.
    execute_process(
        COMMAND ${KJWT_APT_GET} ${options} source --download-only --tar-only
                mbedtls
        WORKING_DIRECTORY "${apt}" RESULT_VARIABLE failed)
    file(GLOB found "${apt}/mbedtls_3.6.*.orig.tar.bz2")
    if(failed OR NOT found)
        message(STATUS "The distribution's source package did not arrive")
        return()
    endif()
    list(GET found 0 found)
    file(RENAME "${found}" "${tarball}")
    file(REMOVE_RECURSE "${apt}")
endfunction()

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
    kjwt_mbedtls_from_apt("${tarball}")
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
