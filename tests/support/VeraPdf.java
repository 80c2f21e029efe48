// Asks veraPDF's library of each file and flavour: one line of tab-separated answers each.
// Arguments: flavours parted by commas, then paths. Prints: path, flavour, verdict, failed rules.

import java.io.File;
import java.util.TreeSet;
import org.verapdf.core.EncryptedPdfException;
import org.verapdf.core.ModelParsingException;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

public class VeraPdf {
    public static void main(String[] args) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (int i = 1; i < args.length; i++) {
            for (String name : args[0].split(",")) {
                System.out.println(args[i] + "\t" + name + "\t" + verdict(args[i], name));
                System.out.flush();
            }
        }
    }

    private static String verdict(String path, String name) throws Exception {
        PDFAFlavour flavour = PDFAFlavour.fromString(name);
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(path), flavour);
             PDFAValidator validator =
                 Foundries.defaultInstance().createValidator(flavour, 3, false, false, false)) {
            ValidationResult result = validator.validate(parser);
            TreeSet<String> failed = new TreeSet<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                failed.add(assertion.getRuleId().getClause() + "-"
                    + assertion.getRuleId().getTestNumber() + " "
                    + assertion.getMessage().replaceAll("\\s+", " ") + " @ "
                    + assertion.getLocation().getContext());
            }
            return result.isCompliant() + "\t" + String.join("\t", failed);
        } catch (EncryptedPdfException encrypted) {
            return "false\tunreadable: encrypted";
        } catch (ModelParsingException broken) {
            return "false\tunreadable: not a whole PDF";
        }
    }
}
