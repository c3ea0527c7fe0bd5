# The manual's pages, which the binary writes from its own table of commands, into build/.../man. The date is that of the
# build, or SOURCE_DATE_EPOCH's.
string(TIMESTAMP tasker_manual_date "%Y-%m-%d" UTC)
add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/man/tasker.1
                   COMMAND ${CMAKE_COMMAND} -E rm -rf ${PROJECT_BINARY_DIR}/man
                   COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/man
                   COMMAND tasker_bin __man ${PROJECT_BINARY_DIR}/man ${tasker_manual_date}
                   COMMAND sh -c "cd man && mkdir packed && cp *.1 packed/ && gzip -9n packed/*.1"
                   WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
                   DEPENDS tasker_bin COMMENT "Writing the manual" VERBATIM)
add_custom_target(tasker_manual ALL DEPENDS ${PROJECT_BINARY_DIR}/man/tasker.1)
