# `cmake --build --preset dev --target docs`: the reference of the public headers in build/.../reference/html, by doxygen. What doxygen
# warns of (something public without a comment, a name that leads nowhere) is an error; a test runs it.
find_package(Doxygen QUIET)
if(DOXYGEN_FOUND)
  set(DOXYGEN_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/reference)
  set(DOXYGEN_STRIP_FROM_PATH ${PROJECT_SOURCE_DIR}/include)
  set(DOXYGEN_STRIP_FROM_INC_PATH ${PROJECT_SOURCE_DIR}/include)
  set(DOXYGEN_JAVADOC_AUTOBRIEF YES)
  set(DOXYGEN_EXTRACT_ALL NO)  # else an undocumented member is no warning
  set(DOXYGEN_HAVE_DOT NO)
  set(DOXYGEN_QUIET YES)
  set(DOXYGEN_WARN_AS_ERROR FAIL_ON_WARNINGS)
  doxygen_add_docs(docs ${PROJECT_SOURCE_DIR}/include/tasker COMMENT "Writing the reference of the public headers")
  if(TASKER_TESTS)
    add_test(NAME "docs: the reference of the public headers" COMMAND ${DOXYGEN_EXECUTABLE} ${PROJECT_BINARY_DIR}/Doxyfile.docs)
    set_tests_properties("docs: the reference of the public headers" PROPERTIES LABELS docs TIMEOUT 120)
  endif()
endif()
