// The demo's texts in sixteen charsets, as the bytes that mail carries. Generated once; the words are our own.
#pragma once

#include <string_view>

namespace mailstead::app {

struct CharsetText {
  std::string_view charset;
  std::string_view subject;  // an encoded word, RFC 2047
  std::string_view body;     // base64 of the text in that charset
};

inline constexpr CharsetText k_charset_texts[] = {
    {"us-ascii", "The quarterly figures", "UGxlYXNlIGZpbmQgdGhlIGZpZ3VyZXMgYmVsb3cuDQo="},
    {"utf-8", "=?utf-8?B?R3LDvMOfZSBhdXMgTcO8bmNoZW4=?=", "U2Now7ZuZSBHcsO8w59lLCB1bmQgYmlzIGJhbGQhIPCfjokNCg=="},
    {"iso-8859-1",
     "=?iso-8859-1?B?UulzdW3pIGR1IGNhZuk=?=", "ROlq4CB2dTogbGEgcul1bmlvbiBlc3QgcmVwb3J06WUg4CBqZXVkaS4NCg=="},
    {"iso-8859-2", "=?iso-8859-2?B?WmG/87PmIGfqtmyxIGphvPE=?=", "U3BvdGthbmllIHcgcGmxdGVrIG8g83NtZWouDQo="},
    {"iso-8859-5", "=?iso-8859-5?B?v+DY0tXiINjXIMHe5NjY?=", "were0enV3djVIN3QINHq29PQ4OHa2C4NCg=="},
    {"iso-8859-7", "=?iso-8859-7?B?yuHr5+zd8eE=?=", "xyDz9e3c7fTn8+cg5d/t4ekg4f3x6e8uDQo="},
    {"iso-8859-9", "=?iso-8859-9?B?3XN0YW5idWwnZGFuIHNlbGFtbGFy?=", "VG9wbGFudP0geWFy/W4gc2FhdCD853RlLg0K"},
    {"iso-8859-15", "=?iso-8859-15?B?UHJlaXM6IDEwMCCk?=", "RGFzIEFuZ2Vib3QgZ2lsdCBiaXMgRW5kZSBNYWk6IDEwMCCkLg0K"},
    {"windows-1251", "=?windows-1251?B?wvHy8OX34CDi7iDi8u7w7ejq?=", "wvHy8OX34OXs8f8g4iDk5fH/8vwg9+Dx7uIuDQo="},
    {"windows-1252", "=?windows-1252?B?k1NtYXJ0IHF1b3Rlc5Q=?=", "SXSScyCWIGFzIGFsd2F5cyCWIGEgbWF0dGVyIG9mIHRhc3RlhQ0K"},
    {"koi8-r", "=?koi8-r?B?7s/Xz9PUySDOxcTFzMk=?=", "99PFIMjP0s/bzywg0MnbydTFLg0K"},
    {"gb18030", "=?gb18030?B?xOO6w6OsysC95w==?=", "u+HS6bjEtb3Qx8bayP3Pws7noaMNCg=="},
    {"big5", "=?big5?B?p0GmbqFBu0/GVw==?=", "t3zEs6fvqOysULTBpFSkVaTIoUMNCg=="},
    {"shift_jis", "=?shift_jis?B?grGC8YLJgr+CzQ==?=", "ie+LY4LNkIWXapP6gsyM34zjgsWCt4FCDQo="},
    {"euc-kr", "=?euc-kr?B?vsiz58fPvLy/5A==?=", "yLjAx7TCILz2v+TAzyC/wMjEwNS0z7TZLg0K"},
    {"iso-2022-jp", "=?iso-2022-jp?B?GyRCJCpDTiRpJDsbKEI=?=", "GyRCTEBGfCRPNVkkXyRHJDkhIxsoQg0K"},
};

}  // namespace mailstead::app
