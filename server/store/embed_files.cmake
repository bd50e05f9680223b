# Turns whole files (policy documents, the API's description) into a C table of struct embedded_file.
#
# Included by CMakeLists.txt it offers embed_files(); run by `cmake -P` it is the generator itself.

# embed_files(target OUT file.c TABLE name FILES file...): makes file.c with `name`, in the order of
# the files' names; `target` is what others must depend on.
function(embed_files target)
    cmake_parse_arguments(ARG "" "OUT;TABLE" "FILES" ${ARGN})
    list(JOIN ARG_FILES "|" files)
    add_custom_command(
        OUTPUT ${ARG_OUT}
        COMMAND ${CMAKE_COMMAND} -DOUT=${ARG_OUT} -DTABLE=${ARG_TABLE} "-DFILES=${files}"
                -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
        DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_FILE} ${ARG_FILES}
        COMMENT "Embedding files into ${ARG_OUT}" VERBATIM)
    add_custom_target(${target} DEPENDS ${ARG_OUT})
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE)
    return()
endif()

string(REPLACE "|" ";" FILES "${FILES}")
list(SORT FILES)
set(rows "")
foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME)
    file(READ ${file} text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "\n" "\\n\"\n        \"" text "${text}")
    string(APPEND rows "    {\"${name}\", TEXT(\n        \"${text}\")},\n")
endforeach()
file(WRITE ${OUT}
"/* Made by embed_files.cmake; change the files themselves. */
#include \"base/embedded.h\"

const struct embedded_file ${TABLE}[] = {
${rows}    {0, {0, 0}},
};
")
