# `cmake --install`: headers, static libraries, find_package(kjwt), kjwt.pc and
# the licences, as the component `device`.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kjwt)
set(licence_dir ${CMAKE_INSTALL_DATADIR}/licenses/kjwt)

# What the library is made of, for those who link it without CMake, and the
# names that the targets get behind kjwt::.
set(targets kjwt kjwt_port)
set(KJWT_PC_LIBS -lkjwt)
set_target_properties(kjwt_port PROPERTIES EXPORT_NAME port)
if(NOT KJWT_CRYPTO STREQUAL "none")
    list(APPEND KJWT_PC_LIBS -lkjwt_port)
endif()
if(TARGET kjwt_mbedcrypto)
    set_target_properties(kjwt_mbedcrypto PROPERTIES EXPORT_NAME mbedcrypto)
    list(APPEND targets kjwt_mbedcrypto)
    list(APPEND KJWT_PC_LIBS -lkjwt_mbedcrypto)
    get_target_property(licence kjwt_mbedcrypto KJWT_LICENCE)
    install(FILES ${licence} DESTINATION ${licence_dir} RENAME mbedtls
            COMPONENT device)
endif()
list(JOIN KJWT_PC_LIBS " " KJWT_PC_LIBS)

install(TARGETS ${targets} EXPORT kjwt-targets COMPONENT device
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT kjwt-targets NAMESPACE kjwt:: DESTINATION ${package_dir}
        COMPONENT device)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/verifier/include/
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT device)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/kjwt-config.cmake.in
    ${PROJECT_BINARY_DIR}/kjwt-config.cmake INSTALL_DESTINATION ${package_dir})
# Before 1.0 a new minor version may break.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kjwt-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kjwt-config.cmake
              ${PROJECT_BINARY_DIR}/kjwt-config-version.cmake
        DESTINATION ${package_dir} COMPONENT device)

# kjwt.pc lies in lib/pkgconfig and finds the prefix from there.
set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH KJWT_PC_PREFIX /${pc_dir} /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/kjwt.pc.in
               ${PROJECT_BINARY_DIR}/kjwt.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/kjwt.pc DESTINATION ${pc_dir}
        COMPONENT device)

# jsmn is compiled in; its header begins with its licence.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE RENAME kjwt
        DESTINATION ${licence_dir} COMPONENT device)
install(FILES ${KJWT_JSMN_INCLUDE_DIR}/jsmn.h RENAME jsmn
        DESTINATION ${licence_dir} COMPONENT device)
