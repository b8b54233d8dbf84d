# Fetches the sources that the static signer-host of the Lambda package needs
# besides mbedTLS, and unpacks them:
#
#   cmake -DDEPS=FOLDER -P source.cmake      FOLDER/curl, FOLDER/jansson
#
# From the distribution's source packages where apt is (Debian trixie carries
# upstream's own tarballs; the system's package lists stay untouched), else from
# upstream. Either delivers the same file, held against the same SHA-256.
cmake_minimum_required(VERSION 3.20)

set(curl_version 8.14.1)
set(curl_sha256
    6766ada7101d292b42b8b15681120acd68effa4a9660935853cf6d61f0d984d4)
set(curl_url https://curl.se/download/curl-8.14.1.tar.gz)
set(jansson_version 2.14)
set(jansson_sha256
    c739578bf6b764aa0752db9a2fdadcfe921c78f1228c7ec0bb47fa804c55d17b)
set(jansson_url
    https://github.com/akheron/jansson/archive/refs/tags/v2.14.tar.gz)

# apt as root would drop to a user who may not enter the build folder.
function(from_apt name tarball)
    find_program(APT_GET apt-get)
    set(keyring /usr/share/keyrings/debian-archive-keyring.gpg)
    if(NOT APT_GET OR NOT EXISTS ${keyring})
        return()
    endif()
    execute_process(
        COMMAND ${APT_GET} indextargets --format "$(REPO_URI)"
                "Created-By: Packages" "Origin: Debian"
        OUTPUT_VARIABLE mirrors ERROR_QUIET)
    string(REPLACE "\n" ";" mirrors "${mirrors}")
    list(FILTER mirrors EXCLUDE REGEX "security|^$")
    if(NOT mirrors)
        return()
    endif()
    list(GET mirrors 0 mirror)

    set(apt "${DEPS}/apt")
    file(MAKE_DIRECTORY "${apt}/lists/partial" "${apt}/parts"
                        "${apt}/cache/archives/partial")
    file(WRITE "${apt}/sources.list"
        "deb-src [signed-by=${keyring}] ${mirror} trixie main\n")
    set(options -qq -o APT::Sandbox::User=
        -o Dir::State::Lists=${apt}/lists -o Dir::Cache=${apt}/cache
        -o Dir::Etc::SourceList=${apt}/sources.list
        -o Dir::Etc::SourceParts=${apt}/parts)
    execute_process(COMMAND ${APT_GET} ${options} update)
    # --tar-only: the .orig tarball, which needs no dpkg-dev to unpack.
    execute_process(
        COMMAND ${APT_GET} ${options} source --download-only --tar-only ${name}
        WORKING_DIRECTORY "${apt}" OUTPUT_QUIET ERROR_QUIET)
    file(GLOB found "${apt}/${name}_*.orig.tar.gz")
    if(found)
        list(GET found 0 found)
        file(RENAME "${found}" "${tarball}")
    endif()
    file(REMOVE_RECURSE "${apt}")
endfunction()

# True in ${name}_pinned where the tarball is the pinned one; else it is gone.
function(check name tarball)
    set(hash "")
    if(EXISTS "${tarball}")
        file(SHA256 "${tarball}" hash)
    endif()
    if(hash STREQUAL ${name}_sha256)
        set(${name}_pinned TRUE PARENT_SCOPE)
    else()
        file(REMOVE "${tarball}")
        set(${name}_pinned FALSE PARENT_SCOPE)
    endif()
endfunction()

function(fetch name)
    set(tarball "${DEPS}/${name}.tar.gz")
    message(STATUS "Fetching ${name} ${${name}_version}")
    from_apt(${name} "${tarball}")
    check(${name} "${tarball}")
    if(NOT ${name}_pinned)
        file(DOWNLOAD ${${name}_url} "${tarball}" INACTIVITY_TIMEOUT 20
             STATUS status)
        check(${name} "${tarball}")
    endif()
    if(NOT ${name}_pinned)
        message(FATAL_ERROR "${name} ${${name}_version} could not be fetched, "
            "or was not the pinned one. Connect this machine and try again.")
    endif()
    file(REMOVE_RECURSE "${DEPS}/${name}.part")
    file(ARCHIVE_EXTRACT INPUT "${tarball}" DESTINATION "${DEPS}/${name}.part")
    file(GLOB inner "${DEPS}/${name}.part/*")
    file(RENAME "${inner}" "${DEPS}/${name}")
    file(REMOVE_RECURSE "${DEPS}/${name}.part" "${tarball}")
endfunction()

foreach(name curl jansson)
    if(NOT EXISTS "${DEPS}/${name}/CMakeLists.txt")
        fetch(${name})
    endif()
endforeach()
