# package-KIND makes a package of the verifier in build/packages/KIND, packages
# all of them. port/package says what a KIND is.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(NOT Python3_FOUND)
    return()
endif()
add_custom_target(packages)
foreach(kind drop arduino esp-idf cmsis)
    set(folder ${kind})
    if(kind MATCHES "arduino|esp-idf") # they name a library by its folder
        set(folder ${kind}/kjwt)
    endif()
    add_custom_target(package-${kind}
        COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/package ${kind}
                ${PROJECT_SOURCE_DIR}/build/packages/${folder}
                --force --jsmn ${KJWT_JSMN_INCLUDE_DIR})
    add_dependencies(packages package-${kind})
endforeach()
