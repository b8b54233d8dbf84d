# Fetches the .orig tarball of a Debian source package through apt, which checks
# it; the system's package lists stay untouched. It works in KJWT_DEPS_DIR.
#
#   kjwt_source_from_apt(PACKAGE PATTERN TARBALL)
#
# PATTERN names the tarball that is wanted, TARBALL the file that it becomes.
# Where it does not arrive there is none, and a message says why.
#
# SPDX-License-Identifier: Apache-2.0

# apt as root would drop to a user who may not enter the build folder.
function(kjwt_source_from_apt package pattern tarball)
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
    message(STATUS "Fetching the source package ${package} from ${mirror}")
    execute_process(COMMAND ${KJWT_APT_GET} ${options} update)
    # --tar-only: the .orig tarball, which needs no dpkg-dev to unpack.
    execute_process(
        COMMAND ${KJWT_APT_GET} ${options} source --download-only --tar-only
                ${package}
        WORKING_DIRECTORY "${apt}" RESULT_VARIABLE failed)
    file(GLOB found "${apt}/${pattern}")
    if(failed OR NOT found)
        message(STATUS "The source package ${package} did not arrive")
        return()
    endif()
    list(GET found 0 found)
    file(RENAME "${found}" "${tarball}")
    file(REMOVE_RECURSE "${apt}")
endfunction()
