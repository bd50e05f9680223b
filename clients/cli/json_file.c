#include "clients/cli/json_file.h"

static const struct fault {
    const char *zh, *en;
} empty = {"文件是空的", "The file is empty"},
  marked = {"文件开头有 BOM 标记：请另存为“UTF-8（无 BOM）”",
            "The file begins with a byte-order mark (BOM): save it as UTF-8 without BOM"},
  wide = {"文件是 UTF-16 编码：请另存为“UTF-8（无 BOM）”",
          "The file is in UTF-16: save it as UTF-8 without BOM"},
  other = {"文件不是 UTF-8 编码（可能是 GBK）：请另存为“UTF-8（无 BOM）”",
           "The file is not in UTF-8 (perhaps in GBK): save it as UTF-8 without BOM"},
  syntax = {"文件不是有效的 JSON（无重复键、层级不超过 16）",
            "The file is not valid JSON (no duplicate keys, depth at most 16)"};

static const struct fault *find_fault(struct text file)
{
    size_t points;

    if (file.bytes == 0)
        return &empty;
    if (text_starts(file, TEXT("\xef\xbb\xbf")))
        return &marked;
    if (text_starts(file, TEXT("\xff\xfe")) || text_starts(file, TEXT("\xfe\xff")))
        return &wide;
    return text_is_utf8(file, &points) ? &syntax : &other;
}

const char *json_file_fault(struct text file, bool english)
{
    const struct fault *fault = find_fault(file);

    return english ? fault->en : fault->zh;
}
