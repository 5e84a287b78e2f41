"""Take the pictures in docs/screenshots/ from a running demo.

uv run python .ci/screenshots.py http://127.0.0.1:8000 PASSWORD
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "screenshots"


def log_in(page: Page, site: str, email: str, password: str) -> None:
    page.goto(f"{site}/connexion/")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_load_state()


def main(site: str, password: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        wide = browser.new_context(
            viewport={"width": 1280, "height": 860}, locale="fr-FR"
        ).new_page()
        wide.goto(site)
        wide.screenshot(path=PICTURES / "home.png")
        log_in(wide, site, "tilleuls@jalon.example", password)
        wide.screenshot(path=PICTURES / "today.png")
        wide.get_by_role("link", name="Groupe B").first.click()
        wide.wait_for_load_state()
        wide.screenshot(path=PICTURES / "session.png")
        wide.goto(f"{site}/places/?prestation=1&departement=75&departement=93")
        wide.screenshot(path=PICTURES / "places.png")
        wide.goto(f"{site}/rythmes/")
        wide.screenshot(path=PICTURES / "rhythms.png")
        wide.goto(f"{site}/textes/")
        wide.screenshot(path=PICTURES / "texts.png")
        wide.goto(f"{site}/textes/modeles/day1/plain/fr/")
        wide.screenshot(path=PICTURES / "wording.png")
        browser.close()


main(*sys.argv[1:3])
