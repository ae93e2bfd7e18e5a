//! Pages: HTML and the like, RTF, notebooks.

/// A page with a value in a paragraph of its second line.
pub fn html(value: &str) -> String {
    format!("<!DOCTYPE html><html><body>\n<p>{value}</p>\n</body></html>\n")
}

/// The same with the value in many pieces.
pub fn split_html(value: &str) -> String {
    let pieces: Vec<&str> = (0..value.len()).step_by(7).map(|at| &value[at..value.len().min(at + 7)]).collect();
    html(&pieces.join("</span><span class=\"x\">"))
}

pub fn svg(value: &str) -> String {
    let (one, other) = value.split_at(value.len() - 20);
    format!("<svg xmlns='http://www.w3.org/2000/svg'><text><tspan>{one}</tspan><tspan>{other}</tspan></text></svg>\n")
}

/// A document with a value in two runs.
pub fn rtf(value: &str) -> Vec<u8> {
    let (one, other) = value.split_at(50);
    format!("{{\\rtf1\\ansi\\ansicpg1250 {one}{{\\b {other}}}\\par}}").into_bytes()
}

/// A notebook with one cell of several strings.
pub fn notebook(source: &[&str]) -> String {
    let cell = serde_json::json!({"cell_type": "code", "source": source, "outputs": [], "metadata": {}});
    serde_json::json!({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).to_string()
}
