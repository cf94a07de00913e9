# One target for users, cornu::cornu, and what find_package(cornu) finds after an installation. Each folder of the house
# is a target too (cornu::judge, ...), so that a program links no more than it needs.
include(CMakePackageConfigHelpers)

get_property(MODULES GLOBAL PROPERTY CORNU_MODULES)
set(CORNU_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/cornu)

install(TARGETS ${MODULES} cornu_cornu EXPORT cornu_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT cornu_targets NAMESPACE cornu:: FILE cornuTargets.cmake DESTINATION ${CORNU_PACKAGE_DIR})
install(DIRECTORY cornu/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cornu
        FILES_MATCHING PATTERN "*.h" PATTERN "*.def" PATTERN "*-inl.h" EXCLUDE PATTERN "test_*" EXCLUDE)

configure_package_config_file(cmake/cornuConfig.cmake.in cornuConfig.cmake INSTALL_DESTINATION ${CORNU_PACKAGE_DIR})
write_basic_package_version_file(cornuConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cornuConfig.cmake ${PROJECT_BINARY_DIR}/cornuConfigVersion.cmake DESTINATION ${CORNU_PACKAGE_DIR})
