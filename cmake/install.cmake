# `cmake --install`: the binary with its manual and completions, the library with its headers, the Ruby side, and a config for find_package(tasker).
include(CMakePackageConfigHelpers)
install(TARGETS tasker EXPORT taskerTargets COMPONENT development)
install(TARGETS tasker_bin RUNTIME COMPONENT runtime)
install(DIRECTORY include/tasker TYPE INCLUDE COMPONENT development)
install(DIRECTORY ruby_runner DESTINATION ${CMAKE_INSTALL_DATADIR}/tasker COMPONENT runtime
        PATTERN "test" EXCLUDE PATTERN "pkg" EXCLUDE PATTERN "doc" EXCLUDE PATTERN ".yard*" EXCLUDE PATTERN "Rakefile" EXCLUDE)
install(DIRECTORY ${PROJECT_BINARY_DIR}/man/packed/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT runtime)
install(FILES src/cli/completion/tasker.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME tasker COMPONENT runtime)
install(FILES src/cli/completion/tasker.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _tasker COMPONENT runtime)
install(FILES src/cli/completion/tasker.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT runtime)
set(tasker_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tasker)
install(EXPORT taskerTargets NAMESPACE tasker:: DESTINATION ${tasker_config_dir} COMPONENT development)
set(tasker_runner ${CMAKE_INSTALL_DATADIR}/tasker/ruby_runner/runner.rb)
configure_package_config_file(cmake/taskerConfig.cmake.in taskerConfig.cmake INSTALL_DESTINATION ${tasker_config_dir}
                              PATH_VARS tasker_runner)
write_basic_package_version_file(taskerConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/taskerConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/taskerConfigVersion.cmake
        DESTINATION ${tasker_config_dir} COMPONENT development)
