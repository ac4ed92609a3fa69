import Messages

/// The template documents of this process.
package enum TemplateLibrary {
  package typealias Document = DocumentLibrary<TemplateDocument, TemplateRefused>.Document

  package static let shared = DocumentLibrary<TemplateDocument, TemplateRefused> { bytes in
    Result { () throws(TemplateRefused) in try TemplateDocument(Array(bytes)) }
  }
}
