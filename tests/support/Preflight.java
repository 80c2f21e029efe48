// Asks Apache PDFBox's Preflight whether each file is PDF/A-1b: one tab-separated answer a file.
// Arguments: paths. Prints: path, verdict, failed rules.

import java.io.File;
import org.apache.pdfbox.preflight.PreflightDocument;
import org.apache.pdfbox.preflight.ValidationResult;
import org.apache.pdfbox.preflight.exception.SyntaxValidationException;
import org.apache.pdfbox.preflight.parser.PreflightParser;

public class Preflight {
    public static void main(String[] paths) throws Exception {
        for (String path : paths) {
            System.out.println(path + "\t1b\t" + verdict(path));
        }
    }

    private static String verdict(String path) throws Exception {
        ValidationResult result;
        try {
            PreflightParser parser = new PreflightParser(new File(path));
            parser.parse();
            try (PreflightDocument document = parser.getPreflightDocument()) {
                document.validate();
                result = document.getResult();
            }
        } catch (SyntaxValidationException broken) {
            result = broken.getResult();
        }
        StringBuilder failed = new StringBuilder();
        for (ValidationResult.ValidationError error : result.getErrorsList()) {
            failed.append("\t").append(error.getErrorCode()).append(" ")
                .append(String.valueOf(error.getDetails()).replaceAll("\\s+", " "));
        }
        return result.isValid() + failed.toString();
    }
}
