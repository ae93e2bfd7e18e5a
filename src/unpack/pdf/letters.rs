//! Tables of characters: what bytes and names of glyphs stand for.
//!
//! Holds: four encodings, and the names of the Adobe Glyph List that Latin text is written with. Made from
//! `fontTools` and Python's codecs. Must not know: fonts.

/// The character that a glyph of this name shows.
pub(super) fn character(name: &str) -> Option<char> {
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Some(letter);
    }
    if let Ok(at) = NAMES.binary_search_by(|(known, _)| (*known).cmp(name)) {
        return NAMES.get(at).map(|(_, letter)| *letter);
    }
    let plain = name.split_once('.').map(|(plain, _)| plain).filter(|plain| !plain.is_empty());
    if let Some(plain) = plain {
        return character(plain);
    }
    let hex = name.strip_prefix("uni").or_else(|| name.strip_prefix('u')).filter(|hex| hex.len() >= 4)?;
    u32::from_str_radix(hex.get(..hex.len().min(6))?, 16).ok().and_then(char::from_u32)
}

/// The characters of an encoding that are not those of ASCII begin at this byte.
pub(super) const BEGIN: u8 = 0x80;

/// `WinAnsiEncoding`, from 0x80.
pub(super) const WIN: &str = "\
    €\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ\u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º\
    »¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ";

/// `MacRomanEncoding`, from 0x80.
pub(super) const MAC: &str = "\
    ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ\u{2044}¤\
    ‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

/// `StandardEncoding`, from 0x80.
pub(super) const STANDARD: &str = "\
    \u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\
    \u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\
    \u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}¡¢£\u{2044}¥ƒ§¤'“«‹›ﬁﬂ\u{fffd}–†‡·\u{fffd}¶•‚„”»\
    …‰\u{fffd}¿\u{fffd}`´ˆ˜¯˘˙¨\u{fffd}˚¸\u{fffd}˝˛ˇ—\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\
    \u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}Æ\u{fffd}ª\u{fffd}\
    \u{fffd}\u{fffd}\u{fffd}ŁØŒº\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}æ\u{fffd}\u{fffd}\u{fffd}ı\u{fffd}\
    \u{fffd}łøœß\u{fffd}\u{fffd}\u{fffd}\u{fffd}";

/// `PDFDocEncoding`, from 0x80.
pub(super) const DOCUMENT: &str = "\
    •†‡…—–ƒ\u{2044}‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\u{fffd}€¡¢£¤¥¦§¨©ª«¬\u{fffd}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒ\
    ÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ";

/// Names of glyphs, sorted.
#[rustfmt::skip]
const NAMES: [(&str, char); 292] = [
    ("AE", 'Æ'), ("Aacute", 'Á'), ("Abreve", 'Ă'), ("Acircumflex", 'Â'), ("Adieresis", 'Ä'), ("Agrave", 'À'),
    ("Amacron", 'Ā'), ("Aogonek", 'Ą'), ("Aring", 'Å'), ("Atilde", 'Ã'), ("Cacute", 'Ć'), ("Ccaron", 'Č'),
    ("Ccedilla", 'Ç'), ("Ccircumflex", 'Ĉ'), ("Cdotaccent", 'Ċ'), ("Dcaron", 'Ď'), ("Dcroat", 'Đ'), ("Eacute", 'É'),
    ("Ebreve", 'Ĕ'), ("Ecaron", 'Ě'), ("Ecircumflex", 'Ê'), ("Edieresis", 'Ë'), ("Edotaccent", 'Ė'), ("Egrave", 'È'),
    ("Emacron", 'Ē'), ("Eng", 'Ŋ'), ("Eogonek", 'Ę'), ("Eth", 'Ð'), ("Euro", '€'), ("Gbreve", 'Ğ'),
    ("Gcircumflex", 'Ĝ'), ("Gdotaccent", 'Ġ'), ("Hbar", 'Ħ'), ("Hcircumflex", 'Ĥ'), ("IJ", 'Ĳ'), ("Iacute", 'Í'),
    ("Ibreve", 'Ĭ'), ("Icircumflex", 'Î'), ("Idieresis", 'Ï'), ("Idotaccent", 'İ'), ("Igrave", 'Ì'), ("Imacron", 'Ī'),
    ("Iogonek", 'Į'), ("Itilde", 'Ĩ'), ("Jcircumflex", 'Ĵ'), ("Lacute", 'Ĺ'), ("Lcaron", 'Ľ'), ("Ldot", 'Ŀ'),
    ("Lslash", 'Ł'), ("Nacute", 'Ń'), ("Ncaron", 'Ň'), ("Ntilde", 'Ñ'), ("OE", 'Œ'), ("Oacute", 'Ó'), ("Obreve", 'Ŏ'),
    ("Ocircumflex", 'Ô'), ("Odieresis", 'Ö'), ("Ograve", 'Ò'), ("Ohungarumlaut", 'Ő'), ("Omacron", 'Ō'),
    ("Oslash", 'Ø'), ("Otilde", 'Õ'), ("Racute", 'Ŕ'), ("Rcaron", 'Ř'), ("Sacute", 'Ś'), ("Scaron", 'Š'),
    ("Scedilla", 'Ş'), ("Scircumflex", 'Ŝ'), ("Tbar", 'Ŧ'), ("Tcaron", 'Ť'), ("Thorn", 'Þ'), ("Uacute", 'Ú'),
    ("Ubreve", 'Ŭ'), ("Ucircumflex", 'Û'), ("Udieresis", 'Ü'), ("Ugrave", 'Ù'), ("Uhungarumlaut", 'Ű'),
    ("Umacron", 'Ū'), ("Uogonek", 'Ų'), ("Uring", 'Ů'), ("Utilde", 'Ũ'), ("Wcircumflex", 'Ŵ'), ("Yacute", 'Ý'),
    ("Ycircumflex", 'Ŷ'), ("Ydieresis", 'Ÿ'), ("Zacute", 'Ź'), ("Zcaron", 'Ž'), ("Zdotaccent", 'Ż'), ("aacute", 'á'),
    ("abreve", 'ă'), ("acircumflex", 'â'), ("acute", '´'), ("adieresis", 'ä'), ("ae", 'æ'), ("agrave", 'à'),
    ("amacron", 'ā'), ("ampersand", '&'), ("aogonek", 'ą'), ("aring", 'å'), ("asciicircum", '^'), ("asciitilde", '~'),
    ("asterisk", '*'), ("at", '@'), ("atilde", 'ã'), ("backslash", '\\'), ("bar", '|'), ("braceleft", '{'),
    ("braceright", '}'), ("bracketleft", '['), ("bracketright", ']'), ("breve", '˘'), ("brokenbar", '¦'),
    ("bullet", '•'), ("cacute", 'ć'), ("caron", 'ˇ'), ("ccaron", 'č'), ("ccedilla", 'ç'), ("ccircumflex", 'ĉ'),
    ("cdotaccent", 'ċ'), ("cedilla", '¸'), ("cent", '¢'), ("circumflex", 'ˆ'), ("colon", ':'), ("comma", ','),
    ("copyright", '©'), ("currency", '¤'), ("dagger", '†'), ("daggerdbl", '‡'), ("dcaron", 'ď'), ("dcroat", 'đ'),
    ("degree", '°'), ("dieresis", '¨'), ("divide", '÷'), ("dollar", '$'), ("dotaccent", '˙'), ("dotlessi", 'ı'),
    ("dotlessj", 'ȷ'), ("eacute", 'é'), ("ebreve", 'ĕ'), ("ecaron", 'ě'), ("ecircumflex", 'ê'), ("edieresis", 'ë'),
    ("edotaccent", 'ė'), ("egrave", 'è'), ("eight", '8'), ("ellipsis", '…'), ("emacron", 'ē'), ("emdash", '—'),
    ("endash", '–'), ("eng", 'ŋ'), ("eogonek", 'ę'), ("equal", '='), ("eth", 'ð'), ("exclam", '!'),
    ("exclamdown", '¡'), ("ff", 'ﬀ'), ("ffi", 'ﬃ'), ("ffl", 'ﬄ'),
    ("fi", 'ﬁ'), ("figuredash", '\u{2012}'), ("five", '5'), ("fl", 'ﬂ'), ("florin", 'ƒ'), ("four", '4'),
    ("gbreve", 'ğ'), ("gcircumflex", 'ĝ'), ("gdotaccent", 'ġ'), ("germandbls", 'ß'), ("grave", '`'), ("greater", '>'),
    ("guillemotleft", '«'), ("guillemotright", '»'), ("guilsinglleft", '‹'), ("guilsinglright", '›'), ("hbar", 'ħ'),
    ("hcircumflex", 'ĥ'), ("hungarumlaut", '˝'), ("hyphen", '-'), ("iacute", 'í'), ("ibreve", 'ĭ'),
    ("icircumflex", 'î'), ("idieresis", 'ï'), ("igrave", 'ì'), ("ij", 'ĳ'), ("imacron", 'ī'), ("iogonek", 'į'),
    ("itilde", 'ĩ'), ("jcircumflex", 'ĵ'), ("kgreenlandic", 'ĸ'), ("lacute", 'ĺ'), ("lcaron", 'ľ'), ("ldot", 'ŀ'),
    ("less", '<'), ("logicalnot", '¬'), ("longs", 'ſ'), ("lslash", 'ł'), ("macron", '¯'), ("minus", '−'),
    ("minute", '′'), ("mu", 'µ'), ("multiply", '×'), ("nacute", 'ń'), ("napostrophe", 'ŉ'), ("nbspace", '\u{a0}'),
    ("ncaron", 'ň'), ("nine", '9'), ("ntilde", 'ñ'), ("numbersign", '#'), ("oacute", 'ó'), ("obreve", 'ŏ'),
    ("ocircumflex", 'ô'), ("odieresis", 'ö'), ("oe", 'œ'), ("ogonek", '˛'), ("ograve", 'ò'), ("ohungarumlaut", 'ő'),
    ("omacron", 'ō'), ("one", '1'), ("onedotenleader", '․'), ("onehalf", '½'), ("onequarter", '¼'),
    ("ordfeminine", 'ª'), ("ordmasculine", 'º'), ("oslash", 'ø'), ("otilde", 'õ'), ("paragraph", '¶'),
    ("parenleft", '('), ("parenright", ')'), ("percent", '%'), ("period", '.'), ("periodcentered", '·'),
    ("perthousand", '‰'), ("plus", '+'), ("plusminus", '±'), ("question", '?'), ("questiondown", '¿'),
    ("quotedbl", '"'), ("quotedblbase", '„'), ("quotedblleft", '“'), ("quotedblright", '”'), ("quoteleft", '‘'),
    ("quotereversed", '‛'), ("quoteright", '’'), ("quotesinglbase", '‚'), ("quotesingle", '\''), ("racute", 'ŕ'),
    ("rcaron", 'ř'), ("registered", '®'), ("ring", '˚'), ("sacute", 'ś'), ("scaron", 'š'), ("scedilla", 'ş'),
    ("scircumflex", 'ŝ'), ("second", '″'), ("section", '§'), ("semicolon", ';'), ("seven", '7'), ("six", '6'),
    ("slash", '/'), ("space", ' '), ("sterling", '£'), ("tbar", 'ŧ'), ("tcaron", 'ť'), ("thorn", 'þ'), ("three", '3'),
    ("threequarters", '¾'), ("tilde", '˜'), ("trademark", '™'), ("two", '2'), ("twodotenleader", '‥'),
    ("uacute", 'ú'), ("ubreve", 'ŭ'), ("ucircumflex", 'û'), ("udieresis", 'ü'), ("ugrave", 'ù'),
    ("uhungarumlaut", 'ű'), ("umacron", 'ū'), ("underscore", '_'), ("underscoredbl", '‗'), ("uogonek", 'ų'),
    ("uring", 'ů'), ("utilde", 'ũ'), ("visiblespace", ' '), ("wcircumflex", 'ŵ'), ("yacute", 'ý'),
    ("ycircumflex", 'ŷ'), ("ydieresis", 'ÿ'), ("yen", '¥'), ("zacute", 'ź'), ("zcaron", 'ž'), ("zdotaccent", 'ż'),
    ("zero", '0'),
];
