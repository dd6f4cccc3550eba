"""Hashes that follow contents, and reasons without a machine's folders."""

import os
import tempfile
import unittest

from collect import provenance


class Hashes(unittest.TestCase):
    def test_a_harness_is_known_by_its_code_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            def write(name, text):
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w") as file:
                    file.write(text)
                return provenance.harness_hash(folder)
            first = write("a.py", "1")
            self.assertEqual(write("tests/b.py", "2"), first)
            self.assertEqual(write("c.csv", "3"), first)
            self.assertNotEqual(write("kernels/d.py", "4"), first)
            self.assertNotEqual(write("a.py", "5"), first)
            self.assertRegex(first, "^[0-9a-f]{12}$")

    def test_a_file_is_known_by_the_published_digest(self):
        with tempfile.NamedTemporaryFile("w", delete=False) as file:
            file.write("abc")
        self.addCleanup(os.remove, file.name)
        # SHA-256 of `abc` in the standard's example.
        self.assertEqual(provenance.file_hash(file.name), "ba7816bf8f01")


class Reasons(unittest.TestCase):
    def test_folders_are_left_out(self):
        self.assertEqual(
            provenance.without_folders("no sheet /somewhere/else/a.yaml; there are: b"),
            "no sheet a.yaml; there are: b")
        self.assertEqual(provenance.without_folders("cannot open '/x/y/lib.so'"),
                         "cannot open 'lib.so'")

    def test_other_text_stays(self):
        for text in ("needs 2.0 GiB, 1.0 are free", "and/or", "tokens / s", "FLOP/s/GPU"):
            self.assertEqual(provenance.without_folders(text), text)


if __name__ == "__main__":
    unittest.main()
