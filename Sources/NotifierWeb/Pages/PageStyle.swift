import Foundation
import ServiceDomain

/// How every page looks, and what browsers are told of it: no script, no cookie, nothing from elsewhere.
enum PageStyle {
  /// In light and dark; every pair of colours has a contrast of 4.5 to 1 and more.
  static let css = """
    :root{color-scheme:light dark;--page:#f4f5f7;--card:#fff;--text:#1c2430;--soft:#545d6b;--line:#d5dae1;--main:#0b5cad;\
    --on-main:#fff;--good:#e3f3e6;--on-good:#14532d;--warn:#fdf1d8;--on-warn:#5c3d00}
    @media(prefers-color-scheme:dark){:root{--page:#12161c;--card:#1b2129;--text:#e8ebf0;--soft:#a9b2bf;--line:#39424e;\
    --main:#7db8f5;--on-main:#0d1b2a;--good:#173822;--on-good:#c9f0d3;--warn:#3b2e10;--on-warn:#f6e0b0}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--page);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,\
    "Noto Sans",sans-serif}
    main{max-width:38rem;margin:0 auto;padding:1.5rem 1rem 3rem}
    header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;justify-content:space-between;align-items:baseline}
    header p{margin:0;font-weight:600;color:var(--soft)}
    nav a{display:inline-block;padding:.6rem .25rem;margin-left:.75rem;color:var(--main)}
    nav a[aria-current]{color:var(--soft);text-decoration:none}
    h1{font-size:1.75rem;line-height:1.2;margin:1rem 0 .5rem}
    h2{font-size:1.15rem;margin:0 0 .75rem}
    section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem;margin-top:1.25rem}
    fieldset{border:0;padding:0;margin:0 0 1.25rem}
    legend{font-weight:600;padding:0;margin-bottom:.25rem}
    label{display:grid;grid-template-columns:1.5rem 1fr;gap:0 .75rem;align-items:start;padding:.6rem 0;\
    border-bottom:1px solid var(--line);min-height:2.75rem;cursor:pointer}
    label input{width:1.35rem;height:1.35rem;margin:.1rem 0 0;accent-color:var(--main)}
    label small,.soft{color:var(--soft);font-size:.9rem}
    label small{display:block}
    button{font:inherit;font-weight:600;min-height:2.75rem;width:100%;padding:.6rem 1rem;margin-top:.5rem;\
    border-radius:.5rem;border:2px solid var(--main);background:transparent;color:var(--main);cursor:pointer}
    button.main{background:var(--main);color:var(--on-main)}
    :focus-visible{outline:3px solid var(--main);outline-offset:2px}
    .notice{border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0 0;background:var(--good);color:var(--on-good)}
    .warn{background:var(--warn);color:var(--on-warn)}
    """

  /// Of `css`, as a Content-Security-Policy names it.
  private static let hash = Data(Array(css.utf8).withUnsafeBytes { SHA256.digest(of: $0) }).base64EncodedString()

  static let headers: [(name: String, value: String)] = [
    (
      "Content-Security-Policy",
      "default-src 'none'; style-src 'sha256-\(hash)'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    // The address is the key to the page.
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex, nofollow"),
  ]
}
