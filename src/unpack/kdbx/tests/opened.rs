//! What comes out of databases that are opened.

use super::*;
use writer::{base64, gzip};

#[test]
fn all_values_come_out_unlocked() {
    for plan in plans() {
        for block in [64, 1 << 20] {
            let bytes = Plan { block, ..plan.clone() }.write(PASSWORD);
            let recorded = opened(&bytes, &["wrong", PASSWORD]);
            assert_eq!(recorded.troubles, [], "{plan:?}");
            assert_eq!(recorded.names(), [CONTENT]);
            let text = recorded.members[0].text();
            for part in [
                "<Generator>needle-0</Generator>",
                "<Value>needle-1</Value>",
                "<Value ProtectInMemory=\"True\">needle-2 &lt;&amp;&gt; ż</Value>",
                "<Key>Empty</Key><Value Protected=\"True\" />",
                "<Key>UserName</Key><Value ProtectInMemory=\"True\"></Value>",
                "<History><Entry><String><Key>Password</Key><Value ProtectInMemory=\"True\">needle-3</Value>",
                "<Value Protected=\"False\">needle-4</Value>",
                "<Value ProtectInMemory=\"True\">needle-5</Value></String></Entry></Group></Root></KeePassFile>",
            ] {
                assert!(text.contains(part), "{plan:?}: {part} in {text}");
            }
            assert!(text.starts_with("<?xml version") && text.ends_with("</KeePassFile>"));
        }
    }
}

#[test]
fn any_mask_may_be_on_any_version() {
    for (shape, mask) in [(Shape::Three, 3), (Shape::Four, 2)] {
        let plan = Plan { shape, mask, ..Plan::default() };
        let recorded = opened(&plan.write(PASSWORD), &[PASSWORD]);
        assert_eq!(recorded.troubles, []);
        assert!(recorded.members[0].text().contains(">needle-5<"), "{}", recorded.members[0].text());
    }
}

#[test]
fn what_is_attached_comes_out_of_what_is_cut() {
    let attached = vec![vec![b'a'; 300], vec![b'b'; 3000]];
    let plan = Plan { attached, block: 512, is_chacha: true, ..Plan::default() };
    let (bytes, header) = plan.write_with_header(PASSWORD);
    let recorded = opened(&bytes[..header + 64 + 3 * 548], &[PASSWORD]);
    assert_eq!((recorded.names(), reasons(&recorded)), (vec!["attachment 0"], vec![Reason::Malformed]));
    assert_eq!(recorded.members[0].bytes, [b'a'; 300]);
}

#[test]
fn long_values_are_unlocked_in_pieces() {
    for length in [3070, 3071, 3072, 3073, 6144, 100_000] {
        let value: String = "needle<ż>".chars().cycle().take(length).collect();
        for shape in [Shape::Three, Shape::Four] {
            let xml = format!("<a><Value>[[{value}]]</Value><Value>[[last]]</Value></a>");
            let plan = Plan { shape, xml: Some(xml), ..Plan::default() };
            let text = opened(&plan.write(PASSWORD), &[PASSWORD]).members[0].text();
            let wanted = value.replace('<', "&lt;").replace('>', "&gt;");
            assert!(text.contains(&format!(">{wanted}</Value><Value ProtectInMemory=\"True\">last</Value>")));
        }
    }
}

#[test]
fn what_is_attached_in_version_4_has_its_name() {
    let xml = "<KeePassFile><Entry><Binary><Key>a &amp; b.txt</Key><Value Ref=\"1\" /></Binary>\
               <Binary><Key>c.key</Key><Value Ref=\"0\"></Value></Binary></Entry>\
               <Entry><Binary><Key>later</Key><Value Ref=\"1\"/></Binary></Entry></KeePassFile>";
    let attached = vec![b"needle-1".to_vec(), b"\x00needle-2".to_vec(), b"needle-3".to_vec(), Vec::new()];
    for is_packed in [false, true] {
        let plan = Plan { xml: Some(xml.to_owned()), attached: attached.clone(), is_packed, ..Plan::default() };
        let recorded = opened(&plan.write(PASSWORD), &[PASSWORD]);
        assert_eq!(recorded.troubles, []);
        assert_eq!(recorded.names(), [CONTENT, "c.key", "a & b.txt", "attachment 2", "attachment 3"]);
        let bytes: Vec<_> = recorded.members.iter().skip(1).map(|member| member.bytes.clone()).collect();
        assert_eq!(bytes, attached);
        assert_eq!(recorded.members[0].text(), xml);
    }
}

#[test]
fn what_is_attached_in_version_3_has_its_name() {
    let masked: String = b"needle-2".iter().map(|byte| format!("{byte:02X}")).collect();
    let packed: String = gzip(b"needle-4").iter().map(|byte| format!("{byte:02X}")).collect();
    let xml = format!(
        "<KeePassFile><Meta><Binaries><Binary ID=\"0\" Compressed=\"True\">{}</Binary>\
         <Binary ID=\"1\" Protected=\"True\">[[hex:{masked}]]</Binary><Binary ID=\"2\">{}</Binary>\
         <Binary ID=\"3\" Compressed=\"True\" Protected=\"True\">[[hex:{packed}]]</Binary>\
         <Binary ID=\"4\" Compressed=\"True\">bm8=</Binary></Binaries></Meta>\
         <Entry><String><Key>Password</Key><Value>[[needle-5]]</Value></String>\
         <Binary><Key>b.txt</Key><Value Ref=\"1\"/></Binary><Binary><Key>a.txt</Key><Value Ref=\"0\"/></Binary>\
         <Binary><Key>in.txt</Key><Value Protected=\"True\">[[needle-6]]</Value></Binary></Entry></KeePassFile>",
        base64(&gzip(b"needle-1")),
        base64(b"needle-3")
    );
    let plan = Plan { shape: Shape::Three, xml: Some(xml), ..Plan::default() };
    let recorded = opened(&plan.write(PASSWORD), &[PASSWORD]);
    let all: Vec<_> = recorded.members.iter().skip(1).map(|member| (member.name.as_deref(), member.text())).collect();
    let wanted = [
        ("a.txt", "needle-1"),
        ("b.txt", "needle-2"),
        ("attachment 2", "needle-3"),
        ("attachment 3", "needle-4"),
        ("attachment 4", "no"),
        ("in.txt", "needle-6"),
    ];
    assert_eq!(all, wanted.map(|(name, text)| (Some(name), text.to_owned())));
    let text = recorded.members[0].text();
    assert!(text.contains(">needle-5<") && text.contains("<Binary ID=\"2\"></Binary>"), "{text}");
    let told: Vec<_> = recorded.troubles.iter().map(|(name, trouble)| (name.as_deref(), trouble.reason)).collect();
    assert_eq!(told, [(Some("attachment 4"), Reason::Malformed)]);
}

#[test]
fn damaged_content_comes_out_as_far_as_it_goes() {
    for (xml, wanted) in [
        ("<a><Value>[[needle]]</Value><b></a>", "<a><Value ProtectInMemory=\"True\">needle</Value><b></a>"),
        ("<a><Value>[[needle]]</Value><b", "<a><Value ProtectInMemory=\"True\">needle</Value><b"),
        ("<a><Value>[[needle]]", "<a><Value ProtectInMemory=\"True\">needle"),
        ("no XML & at all < ", "no XML & at all < "),
    ] {
        let plan = Plan { xml: Some(xml.to_owned()), ..Plan::default() };
        let recorded = opened(&plan.write(PASSWORD), &[PASSWORD]);
        assert_eq!(recorded.members[0].text(), wanted);
        assert_eq!(reasons(&recorded), [Reason::Malformed], "{xml}");
    }
}

#[test]
fn a_header_of_version_3_that_was_changed_is_told() {
    let plan = Plan { shape: Shape::Three, ..Plan::default() };
    let (bytes, _) = plan.write_with_header(PASSWORD);
    let at = bytes.windows(3).position(|window| window == [8, 32, 0]).expect("the key of the mask is there");
    let mut changed = bytes;
    changed[at + 5] ^= 1;
    let recorded = opened(&changed, &[PASSWORD]);
    let text = recorded.members[0].text();
    assert!(text.contains("needle-1") && !text.contains("needle-2") && text.contains("needle-4"), "{text}");
    assert_eq!(reasons(&recorded), [Reason::Malformed]);
    assert!(recorded.troubles[0].1.text.contains("header"));
}
