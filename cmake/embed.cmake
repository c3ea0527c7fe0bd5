# tasker_embed(TARGET FILE SYMBOL): compiles a text file into the target as `extern const char* const SYMBOL`, where
# SYMBOL may be qualified (tasker::store::kSqliteSchema). The file is read again when it changes.
function(tasker_embed target file symbol)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} text)
  string(REGEX MATCH "[^:]+$" name ${symbol})
  string(REGEX REPLACE "::${name}$" "" space ${symbol})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"namespace @space@ {
extern const char* const @name@;
const char* const @name@ = R\"embedded(@text@)embedded\";
}  // namespace @space@
")
  target_sources(${target} PRIVATE ${source})
endfunction()
