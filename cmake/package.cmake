# `cpack` makes a Debian package of the components `runtime` and `debian`: binary, runner with its gem, manual, completions and
# examples. `bin/package` does it from a release build. The library with its headers is installed by `cmake --install`.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # cpack must not build tests and benchmarks first
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tasker)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
# Whoever packages it says so as Debian's tools have it; `.invalid` is nobody's address (RFC 2606).
set(tasker_maintainer "the tasker authors")
set(tasker_address "authors@tasker.invalid")
if(DEFINED ENV{DEBFULLNAME})
  set(tasker_maintainer "$ENV{DEBFULLNAME}")
endif()
if(DEFINED ENV{DEBEMAIL})
  set(tasker_address "$ENV{DEBEMAIL}")
endif()
set(CPACK_PACKAGE_CONTACT "${tasker_maintainer} <${tasker_address}>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Ruby business logic as durable workflows")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime debian)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # what the binary links
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ruby (>= 1:3.0)")
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "A native engine runs steps that are plain Ruby classes as a graph: in
parallel on all cores, each step in a process of its own, with retries,
deadlines that really kill, and a store that keeps what is done through
crashes.")

# What only Debian wants: the gem on Ruby's own path, the changelog packed.
set(tasker_debian ${PROJECT_BINARY_DIR}/debian)
file(MAKE_DIRECTORY ${tasker_debian}/ruby ${tasker_debian}/doc)
file(CREATE_LINK ../../../share/tasker/ruby_runner/lib/tasker_core.rb ${tasker_debian}/ruby/tasker_core.rb SYMBOLIC)
file(CREATE_LINK ../../../share/tasker/ruby_runner/lib/tasker_core ${tasker_debian}/ruby/tasker_core SYMBOLIC)
execute_process(COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/CHANGELOG.md OUTPUT_FILE ${tasker_debian}/doc/changelog.gz)
string(TIMESTAMP tasker_package_date "%a, %d %b %Y %H:%M:%S +0000" UTC)  # SOURCE_DATE_EPOCH's, where it is set
file(WRITE ${tasker_debian}/changelog "tasker (${PROJECT_VERSION}-1) bookworm; urgency=medium\n\n  * What changed: changelog.gz.\n\n"
     " -- ${CPACK_PACKAGE_CONTACT}  ${tasker_package_date}\n")
execute_process(COMMAND gzip -9nc ${tasker_debian}/changelog OUTPUT_FILE ${tasker_debian}/doc/changelog.Debian.gz)
# The sources name no licence, so the package names none. What is compiled into the binary (header-only libraries) has its notices
# where Debian keeps them.
string(TIMESTAMP tasker_package_year "%Y" UTC)
set(tasker_copyright "tasker was packaged from its own sources.\n\nCopyright (C) ${tasker_package_year} the tasker authors\n\n"
                     "The sources name no licence.\n")
foreach(package IN ITEMS nlohmann-json3-dev libvalijson-dev libcli11-dev)
  set(notice /usr/share/doc/${package}/copyright)
  if(EXISTS ${notice})
    file(READ ${notice} text)
    string(APPEND tasker_copyright "\n--- Of ${package}, parts of which are in the binary ---\n\n" "${text}")
  endif()
endforeach()
string(APPEND tasker_copyright "\nParts of Boost are in the binary, too, under the Boost Software License 1.0, which asks for no notice there.\n")
file(WRITE ${tasker_debian}/doc/copyright ${tasker_copyright})
file(WRITE ${tasker_debian}/lintian/tasker "# It is no upload to Debian's archive: there is no bug that asks for it.\n"
     "tasker: initial-upload-closes-no-bugs\n"
     "# Ruby's own layout: the library `tasker` of a runner that is tasker's.\ntasker: repeated-path-segment\n")
install(DIRECTORY ${tasker_debian}/ruby/ DESTINATION lib/ruby/vendor_ruby COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${tasker_debian}/doc/changelog.gz ${tasker_debian}/doc/changelog.Debian.gz ${tasker_debian}/doc/copyright README.md
        DESTINATION share/doc/tasker COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${tasker_debian}/lintian/tasker DESTINATION share/lintian/overrides COMPONENT debian EXCLUDE_FROM_ALL)
install(DIRECTORY docs/ DESTINATION share/doc/tasker/docs COMPONENT debian EXCLUDE_FROM_ALL)
install(DIRECTORY examples/order_fulfillment examples/diamond examples/approval examples/checksum_report examples/package_audit
                  examples/handler_forms examples/rpc examples/runners
        DESTINATION share/doc/tasker/examples COMPONENT debian EXCLUDE_FROM_ALL USE_SOURCE_PERMISSIONS
        PATTERN ".tasker" EXCLUDE PATTERN "__pycache__" EXCLUDE)
include(CPack)
