from __future__ import annotations

import pytest

from revox_sync.lint.checks.spoken_language import spoken_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello {{name}}, this is the clinic. How can I help you?", "en"),
        ("Bonjour, merci de votre appel, nous vous rappelons pour le rendez-vous.", "fr"),
        ("Guten Tag, hier ist die Praxis. Wie kann ich Ihnen helfen?", "de"),
        ("Hola, buenos días, gracias por llamar. ¿En qué puedo ayudarle?", "es"),
        ("Olá, bom dia, obrigado por ligar. Em que posso ajudar você?", "pt"),
        ("Buongiorno, grazie per la chiamata, come posso aiutarla? Sono Anna.", "it"),
        ("Здравствуйте, чем могу помочь?", "ru"),
        ("您好，请问有什么可以帮您？", "zh"),
        ("Ciao!", ""),
        ("Hello, thank you for your call. Merci de votre appel et bonne journée.", ""),
        ("", ""),
    ],
)
def test_language(text: str, language: str) -> None:
    assert spoken_language(text) == language
