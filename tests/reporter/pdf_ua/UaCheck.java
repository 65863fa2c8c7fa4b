import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Holds each file against PDF/UA-1; a line for each rule that is broken, and how often. */
public class UaCheck {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : files) {
            try (PDFAParser parser = Foundries.defaultInstance()
                    .createParser(new FileInputStream(file), PDFAFlavour.PDFUA_1)) {
                PDFAValidator validator =
                        Foundries.defaultInstance().createValidator(PDFAFlavour.PDFUA_1, false);
                ValidationResult result = validator.validate(parser);
                System.out.println(file + ": " + (result.isCompliant() ? "compliant" : "broken"));
                for (TestAssertion broken : result.getTestAssertions()) {
                    System.out.println("  " + broken.getRuleId().getClause() + "-"
                            + broken.getRuleId().getTestNumber() + ": " + broken.getMessage()
                            + " at " + broken.getLocation().getContext());
                }
            }
        }
    }
}
