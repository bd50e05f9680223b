# Turns store/sql/NAME.sql and migrations/NNNN_NAME.sql into C tables, with nothing but CMake.
#
# Included by CMakeLists.txt it offers embed_sql(); run by `cmake -P` it is the generator itself.
# What a statement's header comment must say is in store/README.md, and is checked here as far as
# text can tell; tests/integration/test_statements.c checks the rest against PostgreSQL.

# embed_sql(target OUT dir SQL_DIR dir MIGRATIONS_DIR dir): makes dir/store/{statements,migrations}.{h,c}
# and leaves the two .c files in ${target}_SOURCES. `target` is what others must depend on.
function(embed_sql target)
    cmake_parse_arguments(ARG "" "OUT;SQL_DIR;MIGRATIONS_DIR" "" ${ARGN})
    file(GLOB sql CONFIGURE_DEPENDS ${ARG_SQL_DIR}/*.sql)
    file(GLOB migrations CONFIGURE_DEPENDS ${ARG_MIGRATIONS_DIR}/*.sql)
    # A file that goes away changes no other file's time: this list does.
    file(GENERATE OUTPUT ${ARG_OUT}/sql_files.txt CONTENT "${sql}\n${migrations}\n")
    set(made ${ARG_OUT}/store/statements.h ${ARG_OUT}/store/statements.c
             ${ARG_OUT}/store/migrations.c)
    add_custom_command(
        OUTPUT ${made}
        COMMAND ${CMAKE_COMMAND} -DSQL_DIR=${ARG_SQL_DIR} -DMIGRATIONS_DIR=${ARG_MIGRATIONS_DIR}
                -DOUT=${ARG_OUT}/store -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
        DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_FILE} ${ARG_OUT}/sql_files.txt ${sql} ${migrations}
        COMMENT "Embedding SQL into ${ARG_OUT}/store" VERBATIM)
    add_custom_target(${target} DEPENDS ${made})
    set(${target}_SOURCES ${ARG_OUT}/store/statements.c ${ARG_OUT}/store/migrations.c PARENT_SCOPE)
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE)
    return()
endif()

# What CMake's lists would take for its own syntax rests as control characters while a file is cut
# into lines.
string(ASCII 1 SEMICOLON)
string(ASCII 2 OPENING)
string(ASCII 3 CLOSING)

function(read_lines file lines)
    file(READ ${file} text)
    string(REPLACE ";" "${SEMICOLON}" text "${text}")
    string(REPLACE "[" "${OPENING}" text "${text}")
    string(REPLACE "]" "${CLOSING}" text "${text}")
    string(REPLACE "\n" ";" text "${text}")
    set(${lines} "${text}" PARENT_SCOPE)
endfunction()

function(restore text result)
    string(REPLACE "${SEMICOLON}" ";" text "${text}")
    string(REPLACE "${OPENING}" "[" text "${text}")
    string(REPLACE "${CLOSING}" "]" text "${text}")
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

# A file's text as a C literal, one line of it a line.
function(c_literal file result)
    file(READ ${file} text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REGEX REPLACE "\n$" "" text "${text}")
    string(REPLACE "\n" "\\n\"\n        \"" text "${text}")
    set(${result} "\"${text}\\n\"" PARENT_SCOPE)
endfunction()

# Reads the comment that a statement opens with: what it takes, returns, and whether it writes.
function(read_header file params columns writes)
    set(param_list "")
    set(column_text "")
    set(changes false)
    set(in_returns false)
    read_lines(${file} lines)
    foreach(line IN LISTS lines)
        if(NOT line MATCHES "^--")
            break()
        elseif(line MATCHES "^-- [$]([0-9]+) ([a-z][a-z0-9_]*) ([^ ,]+)( .*)?$")
            set(number ${CMAKE_MATCH_1})
            set(param "${CMAKE_MATCH_2} ${CMAKE_MATCH_3}")
            list(APPEND param_list "${param}")
            list(LENGTH param_list count)
            if(NOT number EQUAL count)
                message(FATAL_ERROR "${file}: $${number} is described where $${count} is due")
            endif()
            set(in_returns false)
        elseif(line MATCHES "^-- [$]")
            message(FATAL_ERROR "${file}: write `-- $N name type [note]`, not `${line}`")
        elseif(line MATCHES "^-- writes *$")
            set(changes true)
            set(in_returns false)
        elseif(line MATCHES "^-- returns: *(.+)$")
            set(column_text "${CMAKE_MATCH_1}")
            set(in_returns true)
        elseif(in_returns AND line MATCHES "^--   +(.+)$")
            string(APPEND column_text " ${CMAKE_MATCH_1}")
        else()
            set(in_returns false)
        endif()
    endforeach()
    string(REPLACE "," ";" column_list "${column_text}")
    list(TRANSFORM column_list STRIP)
    set(${params} "${param_list}" PARENT_SCOPE)
    set(${columns} "${column_list}" PARENT_SCOPE)
    set(${writes} ${changes} PARENT_SCOPE)
endfunction()

# A statement that changes rows and does not say so would be repeated after a lost connection.
function(check_writes file writes)
    file(READ ${file} text)
    string(REGEX REPLACE "--[^\n]*" "" text "${text}")
    string(TOLOWER "${text}" text)
    if(NOT writes AND " ${text}" MATCHES
       "[^a-z_](insert +into|delete +from|merge +into|truncate|update +[a-z_.]+( +as)?( +[a-z_]+)?[ \n]+set)[^a-z_]")
        message(FATAL_ERROR "${file}: it changes rows; say `-- writes` in its header")
    endif()
endfunction()

function(write_if_different path text)
    set(before "")
    if(EXISTS ${path})
        file(READ ${path} before)
    endif()
    if(NOT before STREQUAL text)
        file(WRITE ${path} "${text}")
    endif()
endfunction()

function(make_statements)
    set(enums "")
    set(columns_text "")
    set(rows "")
    file(GLOB files ${SQL_DIR}/*.sql)
    list(SORT files)
    foreach(file IN LISTS files)
        get_filename_component(name ${file} NAME_WE)
        if(NOT name MATCHES "^[a-z][a-z0-9_]*$" OR name STREQUAL "count")
            message(FATAL_ERROR "${file}: a statement is named in lower case, and not `count`")
        endif()
        string(TOUPPER ${name} upper)
        read_header(${file} params columns writes)
        check_writes(${file} ${writes})
        string(APPEND enums "    SQL_${upper},\n")
        if(columns)
            set(list "")
            foreach(column IN LISTS columns)
                if(NOT column MATCHES "^([a-z_][a-z0-9_]*) [^ ]")
                    message(FATAL_ERROR "${file}: `returns:` has `${column}`; write `name type`")
                endif()
                string(TOUPPER ${CMAKE_MATCH_1} column_upper)
                string(APPEND list " ${upper}_${column_upper},")
            endforeach()
            string(APPEND columns_text "enum {${list} ${upper}_COLUMNS };\n")
        endif()
        list(LENGTH params param_count)
        list(JOIN params ", " params)
        list(JOIN columns ", " columns)
        restore("${params}" params)
        restore("${columns}" columns)
        c_literal(${file} text)
        string(APPEND rows
            "    [SQL_${upper}] = {\n        \"${name}\",\n        ${text},\n"
            "        ${param_count}, ${writes}, \"${params}\", \"${columns}\"},\n")
    endforeach()
    write_if_different(${OUT}/statements.h
"/* Made by embed_sql.cmake from server/store/sql; change the .sql files instead. */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

#include <stdbool.h>

enum statement {
${enums}    SQL_COUNT
};

struct statement_row {
    const char *name, *text;
    int param_count;
    bool writes;
    const char *params, *columns; /* \"name type, name type\" as the header comment has them */
};

extern const struct statement_row statements[SQL_COUNT + 1];

/* Columns of each statement's rows, in order. */
${columns_text}
#endif
")
    write_if_different(${OUT}/statements.c
"/* Made by embed_sql.cmake from server/store/sql; change the .sql files instead. */
#include \"store/statements.h\"

const struct statement_row statements[SQL_COUNT + 1] = {
${rows}    [SQL_COUNT] = {0},
};
")
endfunction()

function(make_migrations)
    set(rows "")
    set(count 0)
    file(GLOB files ${MIGRATIONS_DIR}/*.sql)
    list(SORT files)
    foreach(file IN LISTS files)
        get_filename_component(base ${file} NAME_WE)
        if(NOT base MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
            message(FATAL_ERROR "${file}: a migration is named NNNN_what_it_does.sql")
        endif()
        set(name ${CMAKE_MATCH_2})
        string(REGEX REPLACE "^0+" "" number ${CMAKE_MATCH_1})
        math(EXPR count "${count} + 1")
        if(NOT number STREQUAL count)
            message(FATAL_ERROR "${file}: the next migration's number is ${count}")
        endif()
        file(READ ${file} text)
        if("\n${text}" MATCHES "\n *(BEGIN|COMMIT|ROLLBACK|begin|commit|rollback) *;")
            message(FATAL_ERROR "${file}: the migrator opens and ends the transaction itself")
        endif()
        file(SHA256 ${file} hash)
        c_literal(${file} text)
        string(APPEND rows
            "    {${number}, \"${name}\",\n        ${text},\n        \"${hash}\"},\n")
    endforeach()
    write_if_different(${OUT}/migrations.c
"/* Made by embed_sql.cmake from ${MIGRATIONS_DIR}; change the .sql files instead. */
#include \"store/migrate.h\"

static const struct migration rows[] = {
${rows}    {0},
};

const struct migration_list migrations_embedded = {rows, ${count}};
")
endfunction()

make_statements()
make_migrations()
