using ChatApp.Transfer;
using Microsoft.AspNetCore.Http.Metadata;

namespace ChatApp.Components.Account;

/// <summary>Lets a page take a file as large as an import may be; all other pages keep the server's own limits.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ImportUploadAttribute : Attribute, IRequestSizeLimitMetadata, IFormOptionsMetadata, IImportPage
{
    public string BusyAddress => "/account/data?busy=true";

    public long? MaxRequestBodySize => TransferLimits.MaxUploadBytes;

    public long? MultipartBodyLengthLimit => TransferLimits.MaxUploadBytes;

    public bool? BufferBody => null;

    public int? MemoryBufferThreshold => null;

    public long? BufferBodyLengthLimit => null;

    public int? ValueCountLimit => null;

    public int? KeyLengthLimit => null;

    public int? ValueLengthLimit => null;

    public int? MultipartBoundaryLengthLimit => null;

    public int? MultipartHeadersCountLimit => null;

    public int? MultipartHeadersLengthLimit => null;
}
